// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

/** Which figure: of whom, and of what. */
record FigureKey(Peer peer, Load load) {
    @Override
    public String toString() {
        return peer.title() + ": " + load.title();
    }
}
