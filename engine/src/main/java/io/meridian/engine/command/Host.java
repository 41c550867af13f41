// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Reply;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a local command may see and change of the node it runs on. Safe for any thread. */
public interface Host {
    /** Wall clock, for TIME. */
    long epochMicros();

    CommandTable commands();

    /**
     * INFO, as a session asks for it: lines per section ("Server", "Clients" …), sections in order; the names asked for are in lower case, "default",
     * "all" and "everything" among them, none for the default set; unknown ones are left out.
     */
    Map<String, List<String>> info(Session session, Set<String> sections);

    /** CONFIG GET: all settings, by Redis' names where it has one, in lower case and in order. */
    Map<String, String> settings();

    /** CONFIG SET of names in lower case that {@link #settings} has, each once: OK or an error; all or nothing. */
    Reply configure(Map<String, String> changes);

    /** CONFIG RESETSTAT. */
    void resetCounters();

    /** The open sessions of this node that a session may know of: those of its own database (CLIENT LIST, CLIENT KILL). */
    Collection<? extends Session> sessions(Session asking);

    /** The one of them with an id. */
    Optional<? extends Session> session(Session asking, long id);

    /** Closes the connection of one of them; false when it is not there any more. */
    boolean kill(Session asking, long id);

    /** MERIDIAN DIGEST: an array per group, its name, applied index and digest in hex. */
    Reply digests();
}
