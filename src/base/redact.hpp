/// @file
/// Texts that repeat no secret.
/// Layer: base.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lddynamo::base {

/// `text` with "***" for whatever repeats eight characters in a row of one of the secrets, or the
/// whole of a shorter one. Secrets of under four characters are none: words would be hidden for
/// them. JSON's "\/" reads as "/". Takes time in proportion to text and secrets; cut what has no
/// bound, at more than is shown, so that the cut leaves no part of a secret.
[[nodiscard]] std::string WithoutSecrets(std::string_view text,
                                         std::span<std::string_view const> secrets);

}  // namespace lddynamo::base
