// Must be imported before aws-sdk.
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';

/** What every SDK and program here signs with; local servers accept anything. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
export const region = 'us-east-1';

/** The environment of our programs: nothing of the machine's AWS configuration gets in. */
export function programEnvironment() {
  const environment = { ...process.env };
  for (const name of Object.keys(environment)) if (/^(AWS_|LDDYNAMO_|https?_proxy$)/i.test(name)) delete environment[name];
  return {
    ...environment,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_REGION: region,
    AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true',
  };
}
