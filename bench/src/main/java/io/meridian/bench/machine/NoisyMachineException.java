// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

import java.util.Locale;

/** Says that others use so much of the machine that figures would mean nothing. */
public final class NoisyMachineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NoisyMachineException(Usage usage, double coresMax) {
        super(String.format(
                Locale.ROOT,
                "other processes use %.2f cores and the hypervisor takes %.2f, more than %.2f together: figures"
                    + " measured now would mean nothing. Stop what else is running, or give --force for figures marked"
                    + " as not valid.",
                usage.others(),
                usage.stolen(),
                coresMax));
    }
}
