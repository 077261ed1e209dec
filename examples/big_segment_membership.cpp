// Asks whether a context is in a Big Segment that the Relay Proxy keeps in the table "some-table".
#include <lddynamo/lddynamo.hpp>

#include <cstdio>

int main() {
    auto store = lddynamo::DynamoDbBigSegmentStore::Create("some-table");
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().Describe().c_str());
        return 1;
    }
    auto membership = (*store)->GetMembership(lddynamo::BigSegmentContextHash("bob"));
    if (!membership) {
        std::fprintf(stderr, "%s\n", membership.error().Describe().c_str());
        return 1;
    }
    auto const included = membership->Check(lddynamo::BigSegmentRef("beta-testers", 1));
    std::printf("bob is %s beta-testers\n", !included   ? "not mentioned in"
                                            : *included ? "included in"
                                                        : "excluded from");
}
