// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.router.topology.Consistency;
import java.util.Optional;

/**
 * What a credential opens: a database, as a user.
 *
 * @param databaseId the number the database has in entries; never reused
 * @param isReadOnly refuses writes, and reads that look at the whole keyspace
 * @param level the user's own consistency, before the database's defaults
 * @param restLevel the database's default for REST, {@code respLevel} that for RESP
 */
public record Access(
        String user,
        String database,
        int databaseId,
        boolean isReadOnly,
        Optional<Consistency> level,
        Consistency respLevel,
        Consistency restLevel,
        String group) {
    /** The level of a new session through a frontend. */
    Consistency levelFor(Frontend frontend) {
        return level.orElse(frontend == Frontend.RESP ? respLevel : restLevel);
    }
}
