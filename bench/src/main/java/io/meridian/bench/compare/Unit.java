// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import java.util.Locale;

/** What a figure counts, and how it is written. */
enum Unit {
    PER_SECOND("/s") {
        @Override
        String number(double value) {
            return value >= 1e6
                    ? format("%.2f M", value / 1e6)
                    : value >= 1e4 ? format("%.1f k", value / 1e3) : format("%.0f ", value);
        }
    },
    MILLIS(" ms") {
        @Override
        String number(double value) {
            return format("%.2f", value);
        }
    },
    SECONDS(" s") {
        @Override
        String number(double value) {
            return format("%.2f", value);
        }
    },
    MEBIBYTES(" MiB") {
        @Override
        String number(double value) {
            return format("%.0f", value);
        }
    },
    CORE_PERCENT(" % of a core") {
        @Override
        String number(double value) {
            return format("%.1f", value);
        }
    };

    private final String suffix;

    Unit(String suffix) {
        this.suffix = suffix;
    }

    /** The number alone. */
    abstract String number(double value);

    /** The number with its unit. */
    String text(double value) {
        return number(value) + suffix;
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
