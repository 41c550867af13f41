// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import java.util.List;

/** One connection to something that answers Redis commands. */
public interface Subject extends AutoCloseable {
    /** What it is called where a difference is told. */
    String name();

    /** Sends commands in one go; as many replies come back, in order. */
    List<RespValue> send(List<List<Bytes>> commands);

    default RespValue send(Bytes... words) {
        return send(List.of(List.of(words))).getFirst();
    }

    @Override
    void close();
}
