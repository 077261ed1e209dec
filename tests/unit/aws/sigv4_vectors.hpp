/// @file
/// Signatures made by botocore 1.44.5 (SigV4Auth.add_auth on an AWSRequest of the same method, URL,
/// headers and body, at the given time), with AWS's example key AKIDEXAMPLE.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::aws {

struct SigningVector {
    std::string_view name;
    std::string_view method;
    std::string_view url;
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::string_view body;
    std::string_view token;
    std::string_view region;
    std::string_view service;
    std::string_view time;
    std::string_view signed_headers;
    std::string_view signature;
};

// clang-format off
inline std::vector<SigningVector> SigningVectors() {
    return {
        {"GetItem", "POST", "https://dynamodb.us-east-1.amazonaws.com/",
         {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "DynamoDB_20120810.GetItem"}},
         "{\"TableName\":\"flags\"}", "",
         "us-east-1", "dynamodb", "2015-08-30T12:36:00Z",
         "content-type;host;x-amz-date;x-amz-target",
         "1f953028c9760d35c26dd9fb37f969a6110666d48e5d73948552faefd1eccce8"},
        {"SessionToken", "POST", "https://dynamodb.us-east-1.amazonaws.com/",
         {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "DynamoDB_20120810.GetItem"}},
         "{\"TableName\":\"flags\"}", "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGd==",
         "us-east-1", "dynamodb", "2015-08-30T12:36:00Z",
         "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
         "25ec5a06ce5440698607665dbb02d21d64c8d9d0ffa66b07fcb3b4118727b458"},
        {"LocalPort", "POST", "http://localhost:8000/",
         {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "DynamoDB_20120810.GetItem"}},
         "{}", "",
         "us-east-1", "dynamodb", "2026-11-22T23:59:59Z",
         "content-type;host;x-amz-date;x-amz-target",
         "dc2128239860aa2cf77a17952581ffa0e02b1539ac350d84054db5127c074e11"},
        {"DefaultPort", "POST", "https://example.com:443/",
         {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "DynamoDB_20120810.GetItem"}},
         "{}", "",
         "eu-west-1", "dynamodb", "2024-02-29T00:00:00Z",
         "content-type;host;x-amz-date;x-amz-target",
         "81cce832060e3703af5c041a36f24c4e4d097123479b7d1697744fc3d3648e07"},
        {"IPv6", "POST", "http://[::1]:4566/",
         {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "DynamoDB_20120810.GetItem"}},
         "{}", "",
         "eu-west-1", "dynamodb", "2024-02-29T00:00:00Z",
         "content-type;host;x-amz-date;x-amz-target",
         "c0ccf4fe17ce779911a41151920995ba6f346fa17baf92c66a9e4b73cfc76a71"},
        {"UnicodeBody", "POST", "https://dynamodb.eu-west-1.amazonaws.com/",
         {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "DynamoDB_20120810.GetItem"}},
         "{\"S\":\"h\xc3\xa9llo \xf0\x9f\x98\x80\"}", "",
         "eu-west-1", "dynamodb", "2026-01-01T00:00:00Z",
         "content-type;host;x-amz-date;x-amz-target",
         "769a9a82bce5e152f250f596d49a5e48ebe0e22abab2fb06f1a9e92843befbfb"},
        {"EmptyBody", "POST", "https://dynamodb.eu-west-1.amazonaws.com/",
         {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "DynamoDB_20120810.GetItem"}},
         "", "",
         "eu-west-1", "dynamodb", "2026-01-01T00:00:00Z",
         "content-type;host;x-amz-date;x-amz-target",
         "a3e8d0a8ff25e9e5a1d2bd892221ef26e9e4ffec608e2acc45169ee39be09669"},
        {"NoHeaders", "GET", "https://sts.amazonaws.com/",
         {},
         "", "",
         "us-east-1", "sts", "2015-08-30T12:36:00Z",
         "host;x-amz-date",
         "b83d10cf29ccc6d296e013f2be25bde500558fa21d923335c2dfa9d6588ec834"},
        {"QueryOrder", "GET", "https://sts.amazonaws.com/?Version=2011-06-15&Action=GetCallerIdentity&a=2&a=1&A=",
         {},
         "", "",
         "us-east-1", "sts", "2015-08-30T12:36:00Z",
         "host;x-amz-date",
         "dbe1ee7d9b34fbc3efbf76310f5035a498d1c91f36a1eac3ef9b6860068c6ac3"},
        {"QueryWithoutValue", "GET", "https://portal.sso.us-east-1.amazonaws.com/federation/credentials?role_name&account_id=123",
         {},
         "", "",
         "us-east-1", "sso", "2015-08-30T12:36:00Z",
         "host;x-amz-date",
         "89c7c821e69fe164a3fc071e4715c5b8f42d7700305bd8d740f23cafdc68dd7a"},
        {"QueryEscapes", "GET", "https://sts.amazonaws.com/?RoleArn=arn%3Aaws%3Aiam%3A%3A123%3Arole%2Fx%20y&%C3%A9=%E2%82%AC~-_.",
         {},
         "", "",
         "us-east-1", "sts", "2015-08-30T12:36:00Z",
         "host;x-amz-date",
         "26b84bfe7e0f62eb127f5794c67ad0d17a3c8347e1c40f14a5ada955ea054f8f"},
        {"PathDots", "GET", "https://example.amazonaws.com/a/./b/../c//d/",
         {},
         "", "",
         "us-east-1", "service", "2015-08-30T12:36:00Z",
         "host;x-amz-date",
         "07fc47830311f547240f25f97c1565bd7a705059e39e5d0c3e0c5287c2c4bcfc"},
        {"PathEscapes", "GET", "https://example.amazonaws.com/a%20b/%C3%A9/~t/c%2Fd",
         {},
         "", "",
         "us-east-1", "service", "2015-08-30T12:36:00Z",
         "host;x-amz-date",
         "a38795582df3839af61f25c471bd185b42c62e4623bf294eeed5d926d159cbae"},
        {"PathAboveRoot", "GET", "https://example.amazonaws.com/../../",
         {},
         "", "",
         "us-east-1", "service", "2015-08-30T12:36:00Z",
         "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"HeaderBlanks", "GET", "https://example.amazonaws.com/",
         {{"My-Header", "  a   b \t c  "}, {"Empty", ""}},
         "", "",
         "us-east-1", "service", "2015-08-30T12:36:00Z",
         "empty;host;my-header;x-amz-date",
         "5722fdea6f8840647eb3d809beb1bae44609f13a7645e5f91b3e3b2a4ecee3bb"},
        {"HeaderPrefixes", "GET", "https://example.amazonaws.com/",
         {{"x-amz-a-b", "1"}, {"x-amz-a", "2"}, {"X-Amz-A0", "3"}},
         "", "",
         "us-east-1", "service", "2015-08-30T12:36:00Z",
         "host;x-amz-a;x-amz-a-b;x-amz-a0;x-amz-date",
         "40c821689d85d4a2b6af3b8d3e7e2fba2c5fbb423a8f8197a5d7c81a0dbb5aa2"},
        {"HeadersThatAreNotSigned", "POST", "https://example.amazonaws.com/",
         {{"User-Agent", "x"}, {"Expect", "100-continue"}, {"X-Amzn-Trace-Id", "Root=1"}, {"Transfer-Encoding", "chunked"}, {"Accept", "*/*"}},
         "x", "",
         "us-east-1", "service", "2015-08-30T12:36:00Z",
         "accept;host;x-amz-date",
         "d4e5b93510dfe640a95447566c1ef38faedef33f8145f7b74412b9d218ff8ebd"},
        {"RepeatedHeader", "GET", "https://example.amazonaws.com/",
         {{"My-Header", "value2"}, {"my-header", "value1"}},
         "", "",
         "us-east-1", "service", "2015-08-30T12:36:00Z",
         "host;my-header;x-amz-date",
         "325d0e28f8a7a676d07b9099d8d7eb193e588240e09203c249d5f8b39b1b307b"},
    };
}
// clang-format on

}  // namespace lddynamo::aws
