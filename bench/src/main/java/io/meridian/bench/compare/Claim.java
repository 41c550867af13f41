// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import java.util.Locale;
import java.util.Optional;

/**
 * A figure, what it is compared with, and the two bounds.
 *
 * @param subject the figure
 * @param reference what it is divided by; without, the bounds are in the figure's own unit
 * @param isFloor whether more is better, and the bounds are from below
 * @param hold the bound that must hold
 * @param goal the bound that is wanted
 */
record Claim(FigureKey subject, Optional<FigureKey> reference, boolean isFloor, double hold, double goal) {
    static Claim atLeast(FigureKey subject, FigureKey reference, double hold, double goal) {
        return new Claim(subject, Optional.of(reference), true, hold, goal);
    }

    static Claim atMost(FigureKey subject, FigureKey reference, double hold, double goal) {
        return new Claim(subject, Optional.of(reference), false, hold, goal);
    }

    static Claim within(FigureKey subject, double hold, double goal) {
        return new Claim(subject, Optional.empty(), false, hold, goal);
    }

    /** How the bounds were met. */
    enum Verdict {
        GOAL("goal"),
        HELD("held"),
        MISSED("**missed**");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Judges a ratio, or a plain figure where there is no reference. */
    Verdict verdict(double measured) {
        if (meets(measured, goal)) {
            return Verdict.GOAL;
        }
        return meets(measured, hold) ? Verdict.HELD : Verdict.MISSED;
    }

    private boolean meets(double measured, double bound) {
        return isFloor ? measured >= bound : measured <= bound;
    }

    /** A bound as the table has it: a factor, or a figure in its unit. */
    String bound(double value) {
        String sign = isFloor ? "≥ " : "≤ ";
        return reference
                .map(_ -> sign + String.format(Locale.ROOT, "%.2f ×", value))
                .orElseGet(() -> sign + subject.load().unit().text(value));
    }
}
