// What the floor programs send: of the same size as a signed GetItem.
#define LDDYNAMO_BODY                                                       \
    "{\"TableName\":\"flags\",\"Key\":{\"namespace\":{\"S\":\"features\"}," \
    "\"key\":{\"S\":\"benchmark-flag\"}},\"ConsistentRead\":true}"

static char const kRequest[] =
    "POST / HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\n"
    "Content-Type: application/x-amz-json-1.0\r\n"
    "X-Amz-Target: DynamoDB_20120810.GetItem\r\n"
    "X-Amz-Date: 20260101T000000Z\r\n"
    "Authorization: AWS4-HMAC-SHA256 "
    "Credential=AKIDEXAMPLE/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
    "Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n"
    "Content-Length: 109\r\n"
    "\r\n" LDDYNAMO_BODY;

static char const kWanted[] = "\\\"on\\\":true";
