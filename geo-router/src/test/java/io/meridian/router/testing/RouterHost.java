// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.testing;

import io.meridian.engine.Reply;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.command.Host;
import io.meridian.engine.command.Session;
import io.meridian.router.Router;
import io.meridian.router.RouterSession;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A node that knows its sessions and little else. */
public final class RouterHost implements Host {
    private Optional<Router> router = Optional.empty();

    /** The router whose sessions it shows. */
    public void serve(Router with) {
        router = Optional.of(with);
    }

    @Override
    public long epochMicros() {
        return System.currentTimeMillis() * 1000;
    }

    @Override
    public CommandTable commands() {
        return CommandTable.REDIS;
    }

    @Override
    public Map<String, List<String>> info(Session session, Set<String> sections) {
        return Map.of("Server", List.of("redis_version:7.4.0"));
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("databases", "16");
    }

    @Override
    public Reply configure(Map<String, String> changes) {
        return Reply.OK;
    }

    @Override
    public void resetCounters() {
        // It has no INFO that would tell them.
    }

    @Override
    public Collection<? extends Session> sessions(Session asking) {
        return router.map(known -> known.sessionsBeside(asking)).orElse(List.of());
    }

    @Override
    public Optional<? extends Session> session(Session asking, long id) {
        return router.flatMap(known -> known.sessionBeside(asking, id));
    }

    @Override
    public boolean kill(Session asking, long id) {
        Optional<RouterSession> session = router.flatMap(known -> known.sessionBeside(asking, id));
        session.ifPresent(RouterSession::kill);
        return session.isPresent();
    }

    @Override
    public Reply digests() {
        return Reply.EMPTY_ARRAY;
    }
}
