/// @file
/// Partitions: the separate parts of AWS, each with its own domains.
/// Layer: aws. Source: botocore's partitions.json (2026), docs.aws.amazon.com/whitepapers/latest
/// /aws-fault-isolation-boundaries/partitions.html
#pragma once

#include <string_view>

namespace lddynamo::aws {

struct Partition {
    std::string_view name{};
    std::string_view dns_suffix{};
    std::string_view dual_stack_dns_suffix{};
    std::string_view global_region{};  ///< What its region-less services sign with.
    bool supports_fips = true;
    bool supports_dual_stack = true;
};

/// The partition of a region, by its name's form ("us-gov-" word "-" number); that of an unknown
/// region is "aws".
[[nodiscard]] Partition const& FindPartition(std::string_view region) noexcept;

}  // namespace lddynamo::aws
