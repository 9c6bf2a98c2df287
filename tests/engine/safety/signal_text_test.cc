// SPDX-License-Identifier: Apache-2.0

// SignalText: the text it writes, and that a bad pointer does no harm.

#include "engine/safety/signal_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace signal_text_test {

// The text that `write` leaves in a file through a SignalText.
template <typename Write>
std::string Written(Write&& write) {
  const TemporaryFolder folder;
  const std::string path = folder.Write("text", "");
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  {
    SignalText text(fd);
    write(text);
  }
  close(fd);
  return ReadFile(path);
}

TEST_CASE("signal text: numbers, addresses and times are spelt out") {
  CHECK(Written([](SignalText& text) { text.Add("n ").Add(std::uint64_t{0}); }) == "n 0");
  CHECK(Written([](SignalText& text) { text.Add(UINT64_MAX); }) == "18446744073709551615");
  CHECK(Written([](SignalText& text) { text.AddHex(0xdeadbeef); }) == "0xdeadbeef");
  CHECK(Written([](SignalText& text) { text.AddHex(UINT64_MAX); }) == "0xffffffffffffffff");
  CHECK(Written([](SignalText& text) { text.AddSeconds(1'700'000'000'000'000'042); }) ==
        "1700000000.000000042");
  CHECK(Written([](SignalText& text) { text.AddSeconds(7); }) == "0.000000007");
}

TEST_CASE("signal text: text written directly keeps its place and has no limit") {
  const std::string path(3000, 'p');
  CHECK(Written([&](SignalText& text) { text.Add("a ").Write(path).Add(" b"); }) ==
        "a " + path + " b");
}

TEST_CASE("signal text: text beyond the buffer is cut") {
  const std::string written =
      Written([](SignalText& text) { text.Add(std::string(5000, 'x')).Add("y"); });
  CHECK(written == std::string(written.size(), 'x'));
  CHECK(written.size() < 5000);
}

TEST_CASE("signal text: text that is not mapped is left out") {
  const auto* nowhere = std::bit_cast<const char*>(std::uintptr_t{0x10});
  CHECK(Written([&](SignalText& text) { text.Add("a").Write({nowhere, 8}).Add("b"); }) == "ab");
}

}  // namespace signal_text_test
}  // namespace wirehound::test
