// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing;

import io.meridian.engine.Reply;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.command.Host;
import io.meridian.engine.command.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A node without network: its connections, three settings, two sections of INFO. */
public final class FakeHost implements Host {
    private final Map<String, String> settings =
            new TreeMap<>(Map.of("databases", "16", "maxclients", "10000", "maxmemory", "0"));
    private final Map<Long, Session> sessions = new LinkedHashMap<>();
    private int resets;

    long open(Session session) {
        long id = sessions.size() + 1L;
        sessions.put(id, session);
        return id;
    }

    /** How often CONFIG RESETSTAT was asked for. */
    public int resets() {
        return resets;
    }

    @Override
    public long epochMicros() {
        return 1_700_000_000_000_042L;
    }

    @Override
    public CommandTable commands() {
        return CommandTable.REDIS;
    }

    @Override
    public Map<String, List<String>> info(Session session, Set<String> wanted) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        if (wanted.isEmpty() || wanted.contains("server")) {
            sections.put("Server", List.of("redis_version:7.4.0", "tcp_port:6379"));
        }
        if (wanted.isEmpty() || wanted.contains("clients")) {
            sections.put("Clients", List.of("connected_clients:" + sessions.size()));
        }
        return sections;
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public Reply configure(Map<String, String> changes) {
        settings.putAll(changes);
        return Reply.OK;
    }

    @Override
    public void resetCounters() {
        resets++;
    }

    @Override
    public Collection<? extends Session> sessions(Session asking) {
        return new ArrayList<>(sessions.values());
    }

    @Override
    public Optional<? extends Session> session(Session asking, long id) {
        return Optional.ofNullable(sessions.get(id));
    }

    @Override
    public boolean kill(Session asking, long id) {
        return sessions.remove(id) != null;
    }

    @Override
    public Reply digests() {
        return new Reply.Status("digests");
    }
}
