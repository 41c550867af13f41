// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** How numbers are read from bytes and written to them, as Redis does (util.c, string2ll). */
public final class Numbers {
    private Numbers() {}

    /** Refuses the command with the error when the bytes are not exactly one signed 64-bit decimal number. */
    public static long parseLong(byte[] array, int start, int length, Reply.Failure otherwise) {
        if (length == 0 || length > 20) {
            throw new CommandException(otherwise);
        }
        int at = start;
        int end = start + length;
        boolean negative = array[at] == '-';
        if (negative) {
            at++;
        }
        // No sign but '-', no leading zero, no space: "+1", "01", "-0" and " 1" are not numbers.
        if (at == end || array[at] < '0' || array[at] > '9' || (array[at] == '0' && length > 1)) {
            throw new CommandException(otherwise);
        }
        long value = 0;
        // Accumulates below zero: Long.MIN_VALUE has no positive counterpart.
        for (; at < end; at++) {
            int digit = array[at] - '0';
            if (digit < 0 || digit > 9 || value < Long.MIN_VALUE / 10 || value * 10 < Long.MIN_VALUE + digit) {
                throw new CommandException(otherwise);
            }
            value = value * 10 - digit;
        }
        if (negative) {
            return value;
        }
        if (value == Long.MIN_VALUE) {
            throw new CommandException(otherwise);
        }
        return -value;
    }

    /** The same for bytes that are not among the args. */
    public static long parseLong(Bytes bytes) {
        return parseLong(bytes.array(), bytes.offset(), bytes.length(), Errors.NOT_AN_INTEGER);
    }

    /** The number that the bytes are, if they are exactly one; without an exception. */
    public static OptionalLong asLong(Bytes bytes) {
        if (bytes.isEmpty() || bytes.length() > 20) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(parseLong(bytes.array(), bytes.offset(), bytes.length(), Errors.NOT_AN_INTEGER));
        } catch (CommandException notANumber) {
            return OptionalLong.empty();
        }
    }

    public static Bytes format(long number) {
        return Bytes.of(Long.toString(number).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The shortest text that reads back as this double, as Redis from 7.2 on writes it: "3", "0.1", "1e+21", "inf", "nan". */
    public static String format(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0" : "0";
        }
        BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= -5 && exponent < 21) {
            return exact.toPlainString();
        }
        String digits = exact.unscaledValue().abs().toString();
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        return (exact.signum() < 0 ? "-" : "") + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+")
                + Math.abs(exponent);
    }
}
