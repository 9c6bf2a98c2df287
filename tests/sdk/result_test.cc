// SPDX-License-Identifier: Apache-2.0

// Result<T>, Error and WIREHOUND_TRY.

#include <wirehound/result.h>

#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace result_test {

Result<int> Half(int number) {
  if (number % 2 != 0) {
    return Error(ErrorCode::kInvalidInput, "half of " + std::to_string(number) + ": it is odd");
  }
  return number / 2;
}

TEST_CASE("result: it holds a value or an error, never both") {
  const Result<int> good = Half(4);
  REQUIRE(good.has_value());
  CHECK(static_cast<bool>(good));
  CHECK(*good == 2);
  CHECK(good.value() == 2);

  const Result<int> bad = Half(3);
  REQUIRE_FALSE(bad.has_value());
  CHECK_FALSE(static_cast<bool>(bad));
  CHECK(bad.error().code() == ErrorCode::kInvalidInput);
  CHECK(bad.error().message() == "half of 3: it is odd");
}

TEST_CASE("result: a falsy value is still a value") {
  CHECK(Half(0).has_value());
  CHECK(*Half(0) == 0);
  CHECK(Result<std::string>("").has_value());
}

TEST_CASE("result: a value can be moved out, also when it cannot be copied") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  CHECK(**result == 7);
  const std::unique_ptr<int> owned = *std::move(result);
  CHECK(*owned == 7);
}

TEST_CASE("result: the arrow operator gives the value in place") {
  Result<std::string> text = std::string("ab");
  text->push_back('c');
  CHECK(*text == "abc");
}

TEST_CASE("result: contexts are prepended, outermost first") {
  Error error = Error(ErrorCode::kNotFound, "no such symbol").WithContext("read x.so");
  error = std::move(error).WithContext("load plugins");
  CHECK(error.message() == "load plugins: read x.so: no such symbol");
  CHECK(error.code() == ErrorCode::kNotFound);
}

TEST_CASE("result: an error without a code is kFailed") {
  CHECK(Error("out of luck").code() == ErrorCode::kFailed);
}

TEST_CASE("status: success holds nothing, failure an error") {
  const Status good;
  CHECK(good.has_value());
  const Status bad = Error("no");
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().message() == "no");
}

TEST_CASE("status: the error can be moved out into another result") {
  Status status = Error(ErrorCode::kNotPermitted, "no");
  const Result<int> moved = std::move(status).error().WithContext("open");
  REQUIRE_FALSE(moved.has_value());
  CHECK(moved.error().message() == "open: no");
  CHECK(moved.error().code() == ErrorCode::kNotPermitted);
}

// Of several fallible calls in a row, the sum of what they gave.
Result<int> Sum(Result<int> first, Status between, Result<std::unique_ptr<int>> second) {
  const int sum = WIREHOUND_TRY(std::move(first));
  WIREHOUND_TRY(std::move(between));
  const std::unique_ptr<int> owned = WIREHOUND_TRY(std::move(second));
  return sum + *owned;
}

TEST_CASE("result: TRY gives the value, or returns the first error") {
  CHECK(Sum(1, {}, std::make_unique<int>(2)).value() == 3);
  CHECK(Sum(Error("a"), {}, std::make_unique<int>(2)).error().message() == "a");
  CHECK(Sum(1, Error("b"), std::make_unique<int>(2)).error().message() == "b");
  const Result<int> third = Sum(1, {}, Error(ErrorCode::kNotFound, "c"));
  CHECK(third.error().message() == "c");
  CHECK(third.error().code() == ErrorCode::kNotFound);
}

}  // namespace result_test
}  // namespace wirehound::test
