// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import java.util.List;

/**
 * What EXEC sends: the queued commands, and the keys that must not have changed since they were watched.
 *
 * @param commands in order, each with the numbered database it runs on
 */
public record Transaction(List<Watch> watches, List<Queued> commands) {
    /** A watched key, and what {@code KeyspaceView.versionOf} told when it was watched. */
    public record Watch(int number, Bytes key, long version) {}

    /** A queued command line. */
    public record Queued(int number, Args args) {}
}
