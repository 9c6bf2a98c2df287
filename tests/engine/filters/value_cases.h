// SPDX-License-Identifier: Apache-2.0

// For a value of every kind: filters that it passes, filters that it does not pass, and filters
// that do not compile. They cover each operator of the type, with lists, ranges and patterns. The
// path in front is left out.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace wirehound::test {

struct ValueCases {
  std::vector<std::string> passes;
  std::vector<std::string> stops;
  std::vector<std::string> refused;

  void Add(const ValueCases& more) {
    passes.insert(passes.end(), more.passes.begin(), more.passes.end());
    stops.insert(stops.end(), more.stops.begin(), more.stops.end());
    refused.insert(refused.end(), more.refused.begin(), more.refused.end());
  }
};

/// For a number, with a smaller and a larger one, all as text.
inline ValueCases NumberCases(const std::string& below, const std::string& value,
                              const std::string& above) {
  return {{"=" + value, "=" + below + "," + value, "=" + below + "-" + above, " = " + value,
           "!=" + below, "!=" + below + "," + above, "<" + above, "<=" + value, ">" + below,
           ">=" + value, " >= " + below},
          {"=" + below, "=" + below + "," + above, "=" + above + "-" + above, "!=" + value,
           "!=" + above + "," + value, "!=" + below + "-" + above, "<" + value, "<=" + below,
           ">" + value, ">=" + above},
          {"=word", "=1x", "=", "=1,", "~1", "=*", "<" + below + "," + above,
           "=" + above + "-" + below}};
}

/// For the text "Host.Example".
inline ValueCases TextCases(bool ignore_case) {
  ValueCases cases = {{"=Host.Example", "=other,Host.Example", "= Host.Example ", "=Host*",
                       "=*Example", "=*st.Ex*", "=H*t.*ple", "=*", "=H\\ost.Example", "!=other",
                       "!=Host", "!=*x", "!=", "~^Host", "~st\\.Ex", "~(?:a|Example)$"},
                      {"=other", "=Host", "=Host.Example.", "=x*", "=*x", "=*z*", "=Host\\*",
                       "=Host.Example*Example", "!=Host.Example", "!=a,Host*", "~^Example", "~^$"},
                      {"<a", ">=a", "=a\\", "~(", "~", "=a,", "=,", "==a", "=~a"}};
  const ValueCases lower = {
      {"=hOST.eXAMPLE", "=host*", "=*.EX*", "~^host"}, {"!=hOST.eXAMPLE", "!=*EXAMPLE"}, {}};
  cases.Add(ignore_case ? lower : ValueCases{lower.stops, lower.passes, {}});
  return cases;
}

/// For the bytes de ad be ef.
inline ValueCases HexCases() {
  return {{"=deadbeef", "=00,DEADBEEF", "=dead*", "=*ef", "=d*adb*f", "=*", "!=dead", "!=00*"},
          {"=dead", "=deadbeef00", "=beef*", "=*adb", "!=deadbeef", "!=*EF"},
          {"=x", "=dea", "=", "~dead", "<00", "=de ad"}};
}

/// For the address 192.0.2.7.
inline ValueCases AddressCases() {
  return {{"=192.0.2.7", "=::1,192.0.2.7", "=192.0.2.0/24", "=192.0.2.99/24", "=192.0.2.6/31",
           "=192.0.2.7/32", "=0.0.0.0/0", "=192.0.2.1-192.0.2.7", "!=192.0.2.8", "!=::/0",
           "!=10.0.0.0/8,192.0.3.0/24"},
          {"=192.0.2.8", "=192.0.3.0/24", "=192.0.2.8/31", "=192.0.2.8-192.0.2.9", "=::/0",
           "=::ffff:192.0.2.7", "!=192.0.2.7", "!=192.0.2.0/24", "!=::1,192.0.2.1-192.0.2.8"},
          {"=word", "=192.0.2", "=192.0.2.0/33", "=::/129", "=192.0.2.0/", "=192.0.2.0/x", "=",
           "=192.0.2.9-192.0.2.1", "=192.0.2.1-::1", "=192.0.2.*", "<192.0.2.7", "~192"}};
}

/// Escapes a text so that a filter takes every character literally.
inline std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    escaped += is_plain ? "" : "\\";
    escaped += c;
  }
  return escaped;
}

/// For a number shown as `text`, when another number is shown as `other`.
inline ValueCases NumberTextCases(const std::string& text, const std::string& other) {
  const std::string value = Escaped(text);
  const std::string wrong = Escaped(other);
  return {{"=" + value, "=" + wrong + "," + value, "=*" + value, "=*", "!=" + wrong,
           "~^" + value + "$", "~."},
          {"=" + wrong, "!=" + value, "!=" + wrong + "," + value, "!=*", "~^" + wrong + "$"},
          {"=no such text", "~no such text", "=no such*", "=", "<" + value, ">=1"}};
}

}  // namespace wirehound::test
