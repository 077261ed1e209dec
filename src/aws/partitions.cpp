#include "aws/partitions.hpp"

#include "aws/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace lddynamo::aws {
namespace {

constexpr std::array<Partition, 8> kPartitions{{
    {"aws", "amazonaws.com", "api.aws", "us-east-1"},
    {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"},
    {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"},
    {"aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"},
    {"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"},
    {"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1"},
    {"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1"},
    {"aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1"},
}};

/// Regions are named prefix "-" word "-" number; the table needs no entries for "aws".
struct Prefix {
    std::string_view text{};
    std::size_t partition = 0;
};
constexpr std::array<Prefix, 7> kPrefixes{{
    {"cn", 1},
    {"eusc-de", 2},
    {"us-iso", 3},
    {"us-isob", 4},
    {"eu-isoe", 5},
    {"us-isof", 6},
    {"us-gov", 7},
}};
constexpr std::string_view kGlobal = "-global";  // "aws-cn-global" is a name of a whole partition

bool IsWordAndNumber(std::string_view text) noexcept {
    std::size_t const dash = text.find('-');
    if (dash == 0 || dash == std::string_view::npos) return false;
    std::string_view const word = text.substr(0, dash);
    std::string_view const number = text.substr(dash + 1);
    return !number.empty() && std::all_of(number.begin(), number.end(), IsDigit) &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return IsAlphanumeric(c) || c == '_'; });
}

}  // namespace

Partition const& FindPartition(std::string_view region) noexcept {
    for (Prefix const& prefix : kPrefixes) {
        if (region.size() > prefix.text.size() && region.starts_with(prefix.text) &&
            region[prefix.text.size()] == '-' &&
            IsWordAndNumber(region.substr(prefix.text.size() + 1))) {
            return kPartitions[prefix.partition];
        }
    }
    if (region.ends_with(kGlobal)) {
        std::string_view const name = region.substr(0, region.size() - kGlobal.size());
        for (Partition const& partition : kPartitions) {
            if (partition.name == name) return partition;
        }
    }
    return kPartitions.front();
}

}  // namespace lddynamo::aws
