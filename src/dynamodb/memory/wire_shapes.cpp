#include "dynamodb/memory/wire_shapes.hpp"

#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

using Kind = Shape::Kind;

constexpr Shape kString{.kind = Kind::kString};
constexpr Shape kBlob{.kind = Kind::kBlob};
constexpr Shape kBoolean{.kind = Kind::kBoolean, .type = "Boolean"};
constexpr Shape kStringList{.kind = Kind::kList, .element = &kString};
constexpr Shape kBlobList{.kind = Kind::kList, .element = &kBlob};
constexpr Shape kNames{.kind = Kind::kMap, .type = "java.lang.String", .element = &kString};

extern Shape const kAttribute;
extern Shape const kAttributeList;
extern Shape const kAttributeMap;
constexpr Field kAttributeFields[] = {
    {"S", &kString},        {"B", &kBlob},         {"N", &kString},      {"BOOL", &kBoolean},
    {"NULL", &kBoolean},    {"BS", &kBlobList},    {"NS", &kStringList}, {"SS", &kStringList},
    {"L", &kAttributeList}, {"M", &kAttributeMap},
};
constexpr Shape kAttribute{
    .kind = Kind::kValueStruct, .type = "AttributeValue", .fields = kAttributeFields};
constexpr Shape kAttributeField{
    .kind = Kind::kFieldStruct, .type = "AttributeValue", .fields = kAttributeFields};
constexpr Shape kAttributeList{.kind = Kind::kList, .element = &kAttribute};
constexpr Shape kAttributeMap{.kind = Kind::kMap, .type = "AttributeValue", .element = &kAttribute};

constexpr Shape kTableName{.table_name_pattern = true, .min_length = 3, .max_length = 255};
constexpr Shape kControlTableName{.table_name_pattern = true, .old_table_rules = true};
constexpr Shape kAttributesToGet{
    .kind = Kind::kList, .element = &kString, .min_length = 1, .max_length = 255};
constexpr Shape kConsumedCapacity{.values = "INDEXES, TOTAL, NONE"};
constexpr Shape kCollectionMetrics{.values = "SIZE, NONE"};
constexpr Shape kReturnValues{.values = "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW"};
constexpr Shape kOnFailure{.values = "ALL_OLD, NONE"};
constexpr Shape kConditionalOperator{.values = "OR, AND"};
constexpr Shape kSelect{.values =
                            "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES"};
constexpr Shape kComparison{
    .values =
        "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, "
        "CONTAINS"};
constexpr Shape kLimit{.kind = Kind::kInteger, .type = "Integer", .minimum = 1};

constexpr Field kConditionFields[] = {{"AttributeValueList", &kAttributeList},
                                      {"ComparisonOperator", &kComparison, true}};
constexpr Shape kCondition{
    .kind = Kind::kValueStruct, .type = "Condition", .fields = kConditionFields};
constexpr Shape kConditions{.kind = Kind::kMap, .type = "Condition", .element = &kCondition};

constexpr Field kExpectedFields[] = {{"AttributeValueList", &kAttributeList},
                                     {"ComparisonOperator", &kComparison},
                                     {"Exists", &kBoolean},
                                     {"Value", &kAttributeField}};
constexpr Shape kExpectedEntry{
    .kind = Kind::kValueStruct, .type = "ExpectedAttributeValue", .fields = kExpectedFields};
constexpr Shape kExpected{
    .kind = Kind::kMap, .type = "ExpectedAttributeValue", .element = &kExpectedEntry};

constexpr Field kUpdateFields[] = {{"Action", &kString}, {"Value", &kAttributeField}};
constexpr Shape kUpdateEntry{
    .kind = Kind::kValueStruct, .type = "AttributeValueUpdate", .fields = kUpdateFields};
constexpr Shape kUpdates{
    .kind = Kind::kMap, .type = "AttributeValueUpdate", .element = &kUpdateEntry};

// The order of fields is the order in which the service reports their faults.
constexpr Field kGetItem[] = {{"ReturnConsumedCapacity", &kConsumedCapacity},
                              {"AttributesToGet", &kAttributesToGet},
                              {"TableName", &kTableName, true},
                              {"Key", &kAttributeMap, true},
                              {"ConsistentRead", &kBoolean},
                              {"ProjectionExpression", &kString},
                              {"ExpressionAttributeNames", &kNames}};
constexpr Field kPutItem[] = {{"ReturnConsumedCapacity", &kConsumedCapacity},
                              {"TableName", &kTableName, true},
                              {"Item", &kAttributeMap, true},
                              {"ConditionalOperator", &kConditionalOperator},
                              {"Expected", &kExpected},
                              {"ReturnValues", &kReturnValues},
                              {"ReturnItemCollectionMetrics", &kCollectionMetrics},
                              {"ReturnValuesOnConditionCheckFailure", &kOnFailure},
                              {"ConditionExpression", &kString},
                              {"ExpressionAttributeValues", &kAttributeMap},
                              {"ExpressionAttributeNames", &kNames}};
constexpr Field kDeleteItem[] = {{"ReturnConsumedCapacity", &kConsumedCapacity},
                                 {"TableName", &kTableName, true},
                                 {"ReturnValues", &kReturnValues},
                                 {"ReturnItemCollectionMetrics", &kCollectionMetrics},
                                 {"ReturnValuesOnConditionCheckFailure", &kOnFailure},
                                 {"Key", &kAttributeMap, true},
                                 {"ConditionalOperator", &kConditionalOperator},
                                 {"Expected", &kExpected},
                                 {"ConditionExpression", &kString},
                                 {"ExpressionAttributeValues", &kAttributeMap},
                                 {"ExpressionAttributeNames", &kNames}};
constexpr Field kUpdateItem[] = {{"ReturnConsumedCapacity", &kConsumedCapacity},
                                 {"TableName", &kTableName, true},
                                 {"ReturnItemCollectionMetrics", &kCollectionMetrics},
                                 {"ReturnValues", &kReturnValues},
                                 {"ReturnValuesOnConditionCheckFailure", &kOnFailure},
                                 {"Key", &kAttributeMap, true},
                                 {"ConditionalOperator", &kConditionalOperator},
                                 {"Expected", &kExpected},
                                 {"AttributeUpdates", &kUpdates},
                                 {"ConditionExpression", &kString},
                                 {"UpdateExpression", &kString},
                                 {"ExpressionAttributeValues", &kAttributeMap},
                                 {"ExpressionAttributeNames", &kNames}};
constexpr Field kQuery[] = {{"Select", &kSelect},
                            {"IndexName", &kTableName},
                            {"ReturnConsumedCapacity", &kConsumedCapacity},
                            {"QueryFilter", &kConditions},
                            {"TableName", &kTableName, true},
                            {"ConditionalOperator", &kConditionalOperator},
                            {"AttributesToGet", &kAttributesToGet},
                            {"Limit", &kLimit},
                            {"KeyConditions", &kConditions},
                            {"ExclusiveStartKey", &kAttributeMap},
                            {"ConsistentRead", &kBoolean},
                            {"ScanIndexForward", &kBoolean},
                            {"KeyConditionExpression", &kString},
                            {"FilterExpression", &kString},
                            {"ProjectionExpression", &kString},
                            {"ExpressionAttributeValues", &kAttributeMap},
                            {"ExpressionAttributeNames", &kNames}};
constexpr Shape kSegments{
    .kind = Kind::kInteger, .type = "Integer", .minimum = 1, .maximum = 1000000};
constexpr Shape kSegment{
    .kind = Kind::kInteger, .type = "Integer", .minimum = 0, .maximum = 999999};
constexpr Field kScan[] = {{"Select", &kSelect},
                           {"IndexName", &kTableName},
                           {"TotalSegments", &kSegments},
                           {"ReturnConsumedCapacity", &kConsumedCapacity},
                           {"TableName", &kTableName, true},
                           {"ConditionalOperator", &kConditionalOperator},
                           {"ScanFilter", &kConditions},
                           {"Segment", &kSegment},
                           {"Limit", &kLimit},
                           {"AttributesToGet", &kAttributesToGet},
                           {"ExclusiveStartKey", &kAttributeMap},
                           {"ConsistentRead", &kBoolean},
                           {"FilterExpression", &kString},
                           {"ProjectionExpression", &kString},
                           {"ExpressionAttributeValues", &kAttributeMap},
                           {"ExpressionAttributeNames", &kNames}};

constexpr Shape kKey{
    .kind = Kind::kParameterizedMap, .type = "AttributeValue", .element = &kAttribute};
constexpr Shape kKeys{.kind = Kind::kList, .element = &kKey, .min_length = 1, .max_length = 100};
constexpr Field kKeysFields[] = {{"Keys", &kKeys, true},
                                 {"AttributesToGet", &kAttributesToGet},
                                 {"ConsistentRead", &kBoolean},
                                 {"ProjectionExpression", &kString},
                                 {"ExpressionAttributeNames", &kNames}};
constexpr Shape kKeysAndAttributes{
    .kind = Kind::kValueStruct, .type = "KeysAndAttributes", .fields = kKeysFields};
constexpr Shape kGetRequests{.kind = Kind::kMap,
                             .type = "KeysAndAttributes",
                             .element = &kKeysAndAttributes,
                             .min_length = 1,
                             .table_keys = true};
constexpr Field kBatchGetItem[] = {{"ReturnConsumedCapacity", &kConsumedCapacity},
                                   {"RequestItems", &kGetRequests, true}};

constexpr Field kDeleteRequestFields[] = {{"Key", &kAttributeMap, true}};
constexpr Shape kDeleteRequest{
    .kind = Kind::kFieldStruct, .type = "DeleteRequest", .fields = kDeleteRequestFields};
constexpr Field kPutRequestFields[] = {{"Item", &kAttributeMap, true}};
constexpr Shape kPutRequest{
    .kind = Kind::kFieldStruct, .type = "PutRequest", .fields = kPutRequestFields};
constexpr Field kWriteRequestFields[] = {{"DeleteRequest", &kDeleteRequest},
                                         {"PutRequest", &kPutRequest}};
constexpr Shape kWriteRequest{
    .kind = Kind::kValueStruct, .type = "WriteRequest", .fields = kWriteRequestFields};
constexpr Shape kWriteRequestList{.kind = Kind::kParameterizedList, .element = &kWriteRequest};
constexpr Shape kWriteRequests{
    .kind = Kind::kMap,
    .type = "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
    .element = &kWriteRequestList,
    .min_length = 1,
    .table_keys = true,
    .max_value_length = 25};
constexpr Field kBatchWriteItem[] = {{"ReturnConsumedCapacity", &kConsumedCapacity},
                                     {"ReturnItemCollectionMetrics", &kCollectionMetrics},
                                     {"RequestItems", &kWriteRequests, true}};

constexpr Field kCheckFields[] = {{"Key", &kAttributeMap, true},
                                  {"TableName", &kTableName, true},
                                  {"ConditionExpression", &kString, true},
                                  {"ExpressionAttributeNames", &kNames},
                                  {"ExpressionAttributeValues", &kAttributeMap},
                                  {"ReturnValuesOnConditionCheckFailure", &kOnFailure}};
constexpr Field kPutFields[] = {{"Item", &kAttributeMap, true},
                                {"TableName", &kTableName, true},
                                {"ConditionExpression", &kString},
                                {"ExpressionAttributeNames", &kNames},
                                {"ExpressionAttributeValues", &kAttributeMap},
                                {"ReturnValuesOnConditionCheckFailure", &kOnFailure}};
constexpr Field kDeleteFields[] = {{"Key", &kAttributeMap, true},
                                   {"TableName", &kTableName, true},
                                   {"ConditionExpression", &kString},
                                   {"ExpressionAttributeNames", &kNames},
                                   {"ExpressionAttributeValues", &kAttributeMap},
                                   {"ReturnValuesOnConditionCheckFailure", &kOnFailure}};
constexpr Field kUpdateActionFields[] = {{"Key", &kAttributeMap, true},
                                         {"UpdateExpression", &kString, true},
                                         {"TableName", &kTableName, true},
                                         {"ConditionExpression", &kString},
                                         {"ExpressionAttributeNames", &kNames},
                                         {"ExpressionAttributeValues", &kAttributeMap},
                                         {"ReturnValuesOnConditionCheckFailure", &kOnFailure}};
constexpr Shape kCheck{
    .kind = Kind::kFieldStruct, .type = "ConditionCheck", .fields = kCheckFields};
constexpr Shape kPut{.kind = Kind::kFieldStruct, .type = "Put", .fields = kPutFields};
constexpr Shape kDelete{.kind = Kind::kFieldStruct, .type = "Delete", .fields = kDeleteFields};
constexpr Shape kUpdate{
    .kind = Kind::kFieldStruct, .type = "Update", .fields = kUpdateActionFields};
constexpr Field kTransactWriteFields[] = {
    {"ConditionCheck", &kCheck}, {"Put", &kPut}, {"Delete", &kDelete}, {"Update", &kUpdate}};
constexpr Shape kTransactWrite{
    .kind = Kind::kValueStruct, .type = "TransactWriteItem", .fields = kTransactWriteFields};
constexpr Shape kTransactWrites{
    .kind = Kind::kList, .element = &kTransactWrite, .min_length = 1, .max_length = 100};
constexpr Shape kToken{.min_length = 1, .max_length = 36};
constexpr Field kTransactWriteItems[] = {{"TransactItems", &kTransactWrites, true},
                                         {"ReturnConsumedCapacity", &kConsumedCapacity},
                                         {"ReturnItemCollectionMetrics", &kCollectionMetrics},
                                         {"ClientRequestToken", &kToken}};
constexpr Field kGetFields[] = {{"Key", &kAttributeMap, true},
                                {"TableName", &kTableName, true},
                                {"ProjectionExpression", &kString},
                                {"ExpressionAttributeNames", &kNames}};
constexpr Shape kGet{.kind = Kind::kFieldStruct, .type = "Get", .fields = kGetFields};
constexpr Field kTransactGetFields[] = {{"Get", &kGet, true}};
constexpr Shape kTransactGet{
    .kind = Kind::kValueStruct, .type = "TransactGetItem", .fields = kTransactGetFields};
constexpr Shape kTransactGets{
    .kind = Kind::kList, .element = &kTransactGet, .min_length = 1, .max_length = 100};
constexpr Field kTransactGetItems[] = {{"TransactItems", &kTransactGets, true},
                                       {"ReturnConsumedCapacity", &kConsumedCapacity}};

constexpr Shape kAttributeType{.values = "B, N, S"};
constexpr Field kDefinitionFields[] = {{"AttributeName", &kString, true},
                                       {"AttributeType", &kAttributeType, true}};
constexpr Shape kDefinition{
    .kind = Kind::kValueStruct, .type = "AttributeDefinition", .fields = kDefinitionFields};
constexpr Shape kDefinitions{.kind = Kind::kList, .element = &kDefinition};
constexpr Shape kKeyType{.values = "HASH, RANGE"};
constexpr Field kKeyElementFields[] = {{"AttributeName", &kString, true},
                                       {"KeyType", &kKeyType, true}};
constexpr Shape kKeyElement{
    .kind = Kind::kValueStruct, .type = "KeySchemaElement", .fields = kKeyElementFields};
constexpr Shape kKeySchema{
    .kind = Kind::kList, .element = &kKeyElement, .min_length = 1, .max_length = 2};
constexpr Shape kUnits{.kind = Kind::kInteger, .type = "Long", .minimum = 1};
constexpr Field kThroughputFields[] = {{"WriteCapacityUnits", &kUnits, true},
                                       {"ReadCapacityUnits", &kUnits, true}};
constexpr Shape kThroughput{
    .kind = Kind::kFieldStruct, .type = "ProvisionedThroughput", .fields = kThroughputFields};
constexpr Shape kBillingMode{.values = "PROVISIONED, PAY_PER_REQUEST"};
constexpr Shape kIndex{.kind = Kind::kValueStruct, .type = "SecondaryIndex"};
constexpr Shape kIndexes{.kind = Kind::kList, .element = &kIndex};
constexpr Shape kTagKey{.min_length = 1, .max_length = 128};
constexpr Shape kTagValue{.max_length = 256};
constexpr Field kTagFields[] = {{"Key", &kTagKey, true}, {"Value", &kTagValue, true}};
constexpr Shape kTag{.kind = Kind::kValueStruct, .type = "Tag", .fields = kTagFields};
constexpr Shape kTags{.kind = Kind::kList, .element = &kTag};
constexpr Field kCreateTable[] = {{"AttributeDefinitions", &kDefinitions, true},
                                  {"TableName", &kControlTableName, false, true},
                                  {"BillingMode", &kBillingMode},
                                  {"ProvisionedThroughput", &kThroughput},
                                  {"KeySchema", &kKeySchema, true},
                                  {"LocalSecondaryIndexes", &kIndexes},
                                  {"GlobalSecondaryIndexes", &kIndexes},
                                  {"DeletionProtectionEnabled", &kBoolean},
                                  {"Tags", &kTags}};
constexpr Field kUpdateTable[] = {{"TableName", &kControlTableName, false, true},
                                  {"AttributeDefinitions", &kDefinitions},
                                  {"BillingMode", &kBillingMode},
                                  {"ProvisionedThroughput", &kThroughput},
                                  {"GlobalSecondaryIndexUpdates", &kIndexes},
                                  {"DeletionProtectionEnabled", &kBoolean}};
constexpr Shape kTtlAttribute{.min_length = 1, .max_length = 255};
constexpr Field kTtlFields[] = {{"AttributeName", &kTtlAttribute, true},
                                {"Enabled", &kBoolean, true}};
constexpr Shape kTtl{
    .kind = Kind::kFieldStruct, .type = "TimeToLiveSpecification", .fields = kTtlFields};
constexpr Field kUpdateTimeToLive[] = {{"TableName", &kTableName, true},
                                       {"TimeToLiveSpecification", &kTtl, true}};
constexpr Field kDescribeTimeToLive[] = {{"TableName", &kTableName, true}};
constexpr Shape kResourceArn{.min_length = 1, .max_length = 1283};
constexpr Field kTagResource[] = {{"ResourceArn", &kResourceArn, true}, {"Tags", &kTags, true}};
constexpr Shape kTagKeys{.kind = Kind::kList, .element = &kTagKey};
constexpr Field kUntagResource[] = {{"ResourceArn", &kResourceArn, true},
                                    {"TagKeys", &kTagKeys, true}};
constexpr Field kListTags[] = {{"ResourceArn", &kResourceArn, true}, {"NextToken", &kString}};
constexpr Field kNamedTable[] = {{"TableName", &kControlTableName, false, true}};
constexpr Shape kListLimit{.kind = Kind::kInteger, .type = "Integer", .minimum = 1, .maximum = 100};
constexpr Field kListTables[] = {{"Limit", &kListLimit}, {"ExclusiveStartTableName", &kTableName}};

template <std::size_t N>
constexpr Shape Parameters(Field const (&fields)[N]) {
    return Shape{.kind = Kind::kFieldStruct, .fields = fields};
}

constexpr std::pair<std::string_view, Shape> kOperations[] = {
    {"BatchGetItem", Parameters(kBatchGetItem)},
    {"BatchWriteItem", Parameters(kBatchWriteItem)},
    {"CreateTable", Parameters(kCreateTable)},
    {"DeleteItem", Parameters(kDeleteItem)},
    {"DeleteTable", Parameters(kNamedTable)},
    {"DescribeLimits", Shape{.kind = Kind::kFieldStruct}},
    {"DescribeTable", Parameters(kNamedTable)},
    {"DescribeTimeToLive", Parameters(kDescribeTimeToLive)},
    {"GetItem", Parameters(kGetItem)},
    {"ListTables", Parameters(kListTables)},
    {"ListTagsOfResource", Parameters(kListTags)},
    {"PutItem", Parameters(kPutItem)},
    {"Query", Parameters(kQuery)},
    {"Scan", Parameters(kScan)},
    {"TagResource", Parameters(kTagResource)},
    {"TransactGetItems", Parameters(kTransactGetItems)},
    {"TransactWriteItems", Parameters(kTransactWriteItems)},
    {"UntagResource", Parameters(kUntagResource)},
    {"UpdateItem", Parameters(kUpdateItem)},
    {"UpdateTable", Parameters(kUpdateTable)},
    {"UpdateTimeToLive", Parameters(kUpdateTimeToLive)},
};

}  // namespace

Shape const* FindShape(std::string_view operation) {
    for (auto const& [name, shape] : kOperations) {
        if (name == operation) return &shape;
    }
    return nullptr;
}

}  // namespace lddynamo::dynamodb::memory
