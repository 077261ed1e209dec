/// @file
/// A tiny XML reader, for the answers of STS.
/// Layer: aws.
#pragma once

#include <lddynamo/result.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::aws {

struct XmlElement {
    std::string name{};  ///< Without its namespace prefix.
    std::string text{};  ///< All character data directly inside, trimmed.
    std::vector<XmlElement> children{};

    /// The first child of that name; nullptr when there is none.
    [[nodiscard]] XmlElement const* Find(std::string_view child) const noexcept;
    /// The text at the end of a path of names; empty when it leads nowhere.
    [[nodiscard]] std::string_view TextAt(std::initializer_list<std::string_view> path) const;
};

/// Reads elements, text, CDATA, the five entities and character references; skips attributes,
/// comments and processing instructions. At most 32 levels and 2000 elements; no DOCTYPE.
/// @retval ErrorCode::kInvalidData  not such a document; the message has the offset.
[[nodiscard]] Result<XmlElement> ParseXml(std::string_view text);

}  // namespace lddynamo::aws
