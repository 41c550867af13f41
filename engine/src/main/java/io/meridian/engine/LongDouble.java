// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A binary floating-point number of 64 significant bits: the long double of x86, in which Redis adds up its floats.
 *
 * <p>Read, added and written exactly as Redis does there (util.c, string2ld and ld2string), every step rounded to the nearest
 * number, ties to even. Immutable; a replica on any machine computes the same.
 */
public final class LongDouble {
    public static final LongDouble ZERO = new LongDouble(BigInteger.ZERO, 0, true);

    private static final int PRECISION = 64;
    /** The exponent of the smallest number's only bit. */
    private static final int EXPONENT_MIN = -16445;
    /** Every finite number is below two to the power of this. */
    private static final int EXPONENT_END = 16384;
    /** Redis reads numbers through a buffer of this size, its final zero included (MAX_LONG_DOUBLE_CHARS). */
    private static final int TEXT_END = 5 * 1024;
    /** A decimal exponent beyond this, either way, is out of range whatever the digits are. */
    private static final int DECIMAL_EXPONENT_MAX = 20_000;

    private static final int DECIMALS = 17;
    private static final BigInteger DECIMALS_FACTOR = BigInteger.TEN.pow(DECIMALS);
    private static final LongDouble INFINITE = new LongDouble(BigInteger.ONE, 0, false);

    // The value is mantissa times two to the power of exponent.
    private final BigInteger mantissa;
    private final int exponent;
    private final boolean finite;

    private LongDouble(BigInteger mantissa, int exponent, boolean finite) {
        this.mantissa = mantissa;
        this.exponent = exponent;
        this.finite = finite;
    }

    /**
     * The number that the bytes are: decimal, hexadecimal ({@code 0x1.8p3}) or an infinity. Empty for anything else, for NaN,
     * and for what is too large, or too small to differ from zero.
     */
    public static Optional<LongDouble> parse(Bytes bytes) {
        if (bytes.isEmpty() || bytes.length() >= TEXT_END) {
            return Optional.empty();
        }
        String text = new String(bytes.array(), bytes.offset(), bytes.length(), StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT);
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        if (digits.equals("inf") || digits.equals("infinity")) {
            return Optional.of(INFINITE);
        }
        Optional<LongDouble> magnitude =
                digits.startsWith("0x") ? parse(digits.substring(2), 16, 'p') : parse(digits, 10, 'e');
        return magnitude.map(number -> negative ? number.negated() : number);
    }

    /** False for infinities, and for what has no value. */
    public boolean isFinite() {
        return finite;
    }

    /** The sum, rounded; not finite when one of the two is not, or it is too large. */
    public LongDouble plus(LongDouble that) {
        if (!finite || !that.finite) {
            return INFINITE;
        }
        int common = Math.min(exponent, that.exponent);
        BigInteger sum = mantissa.shiftLeft(exponent - common).add(that.mantissa.shiftLeft(that.exponent - common));
        return rounded(sum, common, false);
    }

    /** With 17 decimals, rounded, trailing zeros left out; never with an exponent. Only of a finite number. */
    public Bytes format() {
        if (!finite) {
            throw new IllegalStateException("has no digits");
        }
        String text;
        if (exponent >= 0) {
            text = mantissa.shiftLeft(exponent).toString();
        } else {
            BigInteger scaled = shiftedRight(mantissa.abs().multiply(DECIMALS_FACTOR), -exponent, false);
            BigInteger signed = mantissa.signum() < 0 ? scaled.negate() : scaled;
            text = new BigDecimal(signed, DECIMALS).stripTrailingZeros().toPlainString();
        }
        return Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public String toString() {
        return finite ? format().toString() : "infinite";
    }

    private LongDouble negated() {
        return new LongDouble(mantissa.negate(), exponent, finite);
    }

    /** Digits with at most one point, then maybe an exponent after its letter; nothing else. */
    private static Optional<LongDouble> parse(String text, int radix, char exponentLetter) {
        int end = text.indexOf(exponentLetter);
        String digits = end < 0 ? text : text.substring(0, end);
        int point = digits.indexOf('.');
        String whole = point < 0 ? digits : digits.substring(0, point);
        String fraction = point < 0 ? "" : digits.substring(point + 1);
        String all = whole + fraction;
        if (all.isEmpty() || !areDigits(all, radix)) {
            return Optional.empty();
        }
        Optional<Long> power = end < 0 ? Optional.of(0L) : exponentOf(text.substring(end + 1));
        BigInteger unscaled = new BigInteger(all, radix);
        if (power.isEmpty() || unscaled.signum() == 0) {
            return power.map(_ -> ZERO);
        }
        LongDouble number = radix == 10
                ? ofDecimal(unscaled, power.get() - fraction.length())
                : ofBinary(unscaled, power.get() - 4L * fraction.length());
        return number.finite && number.mantissa.signum() != 0 ? Optional.of(number) : Optional.empty();
    }

    private static boolean areDigits(String text, int radix) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Character.digit alone would take digits of other scripts; Latin-1 has none, but letters that fold into
            // it.
            if (c >= 128 || Character.digit(c, radix) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Saturates far beyond what any number can have. */
    private static Optional<Long> exponentOf(String text) {
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String digits = signed ? text.substring(1) : text;
        if (digits.isEmpty() || !areDigits(digits, 10)) {
            return Optional.empty();
        }
        long limit = 10L * TEXT_END * DECIMAL_EXPONENT_MAX;
        long power = new BigInteger(digits).min(BigInteger.valueOf(limit)).longValue();
        return Optional.of(text.startsWith("-") ? -power : power);
    }

    private static LongDouble ofDecimal(BigInteger unscaled, long power) {
        // How many digits are before the point, within one.
        long magnitude = power + (long) (unscaled.bitLength() * 0.30103);
        if (magnitude > DECIMAL_EXPONENT_MAX) {
            return INFINITE;
        }
        if (magnitude < -DECIMAL_EXPONENT_MAX) {
            return ZERO;
        }
        if (power >= 0) {
            return rounded(unscaled.multiply(BigInteger.TEN.pow((int) power)), 0, false);
        }
        BigInteger divisor = BigInteger.TEN.pow((int) -power);
        // So many bits that the quotient has more than the precision: then what remains only breaks ties.
        int shift = Math.max(0, PRECISION + 2 + divisor.bitLength() - unscaled.bitLength());
        BigInteger[] quotient = unscaled.shiftLeft(shift).divideAndRemainder(divisor);
        return rounded(quotient[0], -shift, quotient[1].signum() != 0);
    }

    private static LongDouble ofBinary(BigInteger unscaled, long power) {
        long magnitude = power + unscaled.bitLength();
        if (magnitude > EXPONENT_END) {
            return INFINITE;
        }
        if (magnitude < EXPONENT_MIN) {
            return ZERO;
        }
        return rounded(unscaled, (int) power, false);
    }

    /** The nearest number to a value, which is a little more than given, away from zero, when it is inexact. */
    private static LongDouble rounded(BigInteger value, int exponent, boolean inexact) {
        BigInteger magnitude = value.abs();
        int drop = Math.max(magnitude.bitLength() - PRECISION, EXPONENT_MIN - exponent);
        int lastBit = exponent;
        if (drop > 0) {
            magnitude = shiftedRight(magnitude, drop, inexact);
            lastBit += drop;
        }
        if (magnitude.bitLength() + (long) lastBit > EXPONENT_END) {
            return INFINITE;
        }
        if (magnitude.signum() == 0) {
            return ZERO;
        }
        return new LongDouble(value.signum() < 0 ? magnitude.negate() : magnitude, lastBit, true);
    }

    /** A magnitude without its last bits, to the nearest, ties to even; an inexact one is no tie. */
    private static BigInteger shiftedRight(BigInteger magnitude, int bits, boolean inexact) {
        BigInteger kept = magnitude.shiftRight(bits);
        if (magnitude.signum() == 0 || !magnitude.testBit(bits - 1)) {
            return kept;
        }
        boolean isTie = !inexact && magnitude.getLowestSetBit() == bits - 1;
        return isTie && !kept.testBit(0) ? kept : kept.add(BigInteger.ONE);
    }
}
