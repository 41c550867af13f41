// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** The steps of an end: each is taken, whatever became of those before it. */
final class EveryStep {
    private EveryStep() {}

    /** Takes the steps in order; then throws what the first one that failed threw, with the others suppressed in it. */
    static void of(Runnable... steps) {
        of(List.of(steps), Runnable::run);
    }

    /** Does the same to each of these. */
    static <T> void of(Collection<T> each, Consumer<T> step) {
        RuntimeException first = null;
        for (T one : each) {
            try {
                step.accept(one);
            } catch (RuntimeException failed) {
                if (first == null) {
                    first = failed;
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
