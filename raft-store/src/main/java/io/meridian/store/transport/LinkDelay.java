// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

/** An artificial one-way delay between two nodes, to run distant regions on one machine. */
@FunctionalInterface
public interface LinkDelay {
    /** Links as fast as the network is. */
    LinkDelay NONE = (_, _) -> 0;

    /**
     * The delay in nanoseconds of what {@code from} sends to {@code to}, 0 for none.
     *
     * <p>Asked for each piece of data, on an event loop: it may change at any time and must be cheap. Order is kept.
     */
    long nanos(String from, String to);
}
