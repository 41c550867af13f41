// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import io.meridian.router.topology.AccessToken;
import io.meridian.router.topology.Catalog;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Database;
import io.meridian.router.topology.HostPort;
import io.meridian.router.topology.NodeAddress;
import io.meridian.router.topology.NodeId;
import io.meridian.router.topology.Placement;
import io.meridian.router.topology.Region;
import io.meridian.router.topology.RegionId;
import io.meridian.router.topology.Topology;
import io.meridian.router.topology.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Checks well-typed values against each other, and makes the {@link NodeConfig} of them. */
final class NodeConfigBuilder {
    private static final long TOKEN_FILE_BYTES_MAX = 4_096;
    private static final String BOUNDED_LATER =
            "bounded staleness is not available yet: expected " + Consistency.EXPECTED;

    private final Values values;
    private final Path folder;
    private final List<Problem> problems;
    private final Map<String, AccessToken> tokens = new LinkedHashMap<>();

    NodeConfigBuilder(Values values, Path folder, List<Problem> problems) {
        this.values = values;
        this.folder = folder;
        this.problems = problems;
    }

    /** Adds a problem for each thing that must be there and is not. */
    void findMissing() {
        for (Setting<?> setting : List.of(Settings.CLUSTER, Settings.NODE, Settings.DATA)) {
            if (!values.has(setting)) {
                report(setting.name(), "is missing: " + setting.doc());
            }
        }
        if (values.below("regions").isEmpty()) {
            report("regions", "has no region: expected at least one with its nodes");
        }
        for (String region : values.below("regions")) {
            if (nodesOf(region).isEmpty()) {
                report("regions." + region, "has no nodes: expected 'nodes' with at least one");
            }
        }
        if (values.below("databases").isEmpty()) {
            report("databases", "has no database: expected at least one");
        }
        for (String database : values.below("databases")) {
            if (!values.has(Settings.DATABASE_HOME, database)) {
                report("databases." + database, "has no 'home': " + Settings.DATABASE_HOME.doc());
            }
        }
        forEachUser((database, user) -> {
            long given = Stream.of(Settings.USER_TOKEN, Settings.USER_TOKEN_SHA256, Settings.USER_TOKEN_FILE)
                    .filter(setting -> values.has(setting, database, user))
                    .count();
            if (given != 1) {
                report(userPath(database, user), "needs exactly one of token, token-sha256 and token-file");
            }
        });
    }

    /** Adds a problem for each pair of values that do not go together. */
    void findContradictions(List<Problem> warnings) {
        checkNodes(warnings);
        checkListen(warnings);
        checkDatabases(warnings);
        checkTokens();
        checkLevels();
        if (values.get(Settings.SESSION_PATIENCE).compareTo(values.get(Settings.REQUEST_TIMEOUT)) >= 0) {
            report(Settings.SESSION_PATIENCE.name(), "must be shorter than 'timeouts.request'");
        }
    }

    private void checkNodes(List<Problem> warnings) {
        Map<String, String> regionOfNode = new HashMap<>();
        Map<HostPort, String> nodeAt = new HashMap<>();
        for (String region : values.below("regions")) {
            List<String> nodes = nodesOf(region);
            for (String node : nodes) {
                String path = Settings.REGION_NODE.at(region, node);
                String elsewhere = regionOfNode.putIfAbsent(node, region);
                if (elsewhere != null) {
                    report(path, "is a node of region '" + elsewhere + "' too: node names are unique in the cluster");
                }
                HostPort address =
                        values.find(Settings.REGION_NODE, region, node).orElseThrow();
                String other = nodeAt.putIfAbsent(address, node);
                if (other != null) {
                    report(path, "has the address " + address + " of node '" + other + "'");
                }
            }
            values.find(Settings.REGION_LEADER, region)
                    .filter(leader -> !nodes.contains(leader))
                    .ifPresent(leader -> report(
                            Settings.REGION_LEADER.at(region),
                            "'" + leader + "' is not a node of the region" + Suggestion.nearest(leader, nodes)));
            if (nodes.size() % 2 == 0) {
                warn(
                        warnings,
                        "regions." + region,
                        "has " + nodes.size() + " voters: an even number survives no more failures than "
                                + (nodes.size() - 1) + " would");
            }
        }
        String node = values.get(Settings.NODE);
        if (!regionOfNode.containsKey(node)) {
            report(
                    Settings.NODE.name(),
                    "'" + node + "' is not a node of any region" + Suggestion.nearest(node, regionOfNode.keySet()));
        }
    }

    private void checkListen(List<Problem> warnings) {
        Map<String, HostPort> seen = new LinkedHashMap<>();
        for (Setting<HostPort> setting :
                List.of(Settings.LISTEN_RESP, Settings.LISTEN_REST, Settings.LISTEN_PEER, Settings.LISTEN_ADMIN)) {
            // Only listen.peer has no fallback of its own.
            values.find(setting)
                    .or(() -> ownAddress().map(NodeConfigBuilder::everywhere))
                    .ifPresent(address -> {
                        seen.forEach((name, other) -> {
                            if (overlap(address, other)) {
                                report(
                                        setting.name(),
                                        "listens on " + address + ", which overlaps '" + name + "', " + other);
                            }
                        });
                        seen.put(setting.name(), address);
                    });
        }
        Optional<HostPort> peer = values.find(Settings.LISTEN_PEER);
        Optional<HostPort> own = ownAddress();
        if (peer.isPresent()
                && own.isPresent()
                && peer.get().port() != 0
                && peer.get().port() != own.get().port()) {
            warn(
                    warnings,
                    Settings.LISTEN_PEER.name(),
                    "has another port than " + own.get() + ", where other nodes look for this one");
        }
        warnOfStrangers(peer.or(() -> own.map(NodeConfigBuilder::everywhere)), warnings);
    }

    private void warnOfStrangers(Optional<HostPort> peer, List<Problem> warnings) {
        long nodes = values.below("regions").stream()
                .mapToLong(region -> nodesOf(region).size())
                .sum();
        if (nodes > 1 && !values.has(Settings.PEER_SECRET) && peer.isPresent() && !isLoopback(peer.get())) {
            warn(
                    warnings,
                    Settings.PEER_SECRET.name(),
                    "is absent: whoever reaches " + peer.get() + " may pose as a node");
        }
    }

    private static boolean overlap(HostPort one, HostPort other) {
        return one.port() == other.port()
                && one.port() != 0
                && (one.host().equals(other.host()) || isWildcard(one) || isWildcard(other));
    }

    private static boolean isWildcard(HostPort address) {
        return address.host().equals("0.0.0.0") || address.host().equals("::");
    }

    private static HostPort everywhere(HostPort address) {
        return new HostPort("0.0.0.0", address.port());
    }

    private void checkDatabases(List<Problem> warnings) {
        List<String> regions = values.below("regions");
        List<String> databases = values.below("databases");
        Optional<String> anonymous = values.find(Settings.ANONYMOUS_DATABASE);
        Map<Integer, String> databaseOfId = new HashMap<>();
        for (String database : databases) {
            String home = values.get(Settings.DATABASE_HOME, database);
            if (!regions.contains(home)) {
                report(
                        Settings.DATABASE_HOME.at(database),
                        "'" + home + "' is not one of the regions" + Suggestion.nearest(home, regions));
            }
            String other = databaseOfId.putIfAbsent(idOf(database), database);
            if (other != null) {
                report(
                        Settings.DATABASE_ID.at(database),
                        "is " + idOf(database) + ", as the id of '" + other + "' is: give both an id of their own");
            }
            if (usersOf(database).isEmpty() && !anonymous.equals(Optional.of(database))) {
                warn(warnings, "databases." + database, "has no users: nobody can use it");
            }
        }
        if (anonymous.isPresent() && !databases.contains(anonymous.get())) {
            report(
                    Settings.ANONYMOUS_DATABASE.name(),
                    "'" + anonymous.get() + "' is not one of the databases"
                            + Suggestion.nearest(anonymous.get(), databases));
        } else if (anonymous.isPresent() && !isLoopback(values.get(Settings.LISTEN_RESP))) {
            warn(
                    warnings,
                    Settings.ANONYMOUS_DATABASE.name(),
                    "lets everybody who reaches " + values.get(Settings.LISTEN_RESP) + " use '" + anonymous.get()
                            + "'");
        }
    }

    private static boolean isLoopback(HostPort address) {
        String host = address.host();
        return host.startsWith("127.") || host.equals("::1") || host.equals("localhost");
    }

    private void checkTokens() {
        Map<AccessToken, String> userOfToken = new HashMap<>();
        forEachUser((database, user) -> {
            String path = userPath(database, user);
            readToken(database, user).ifPresent(token -> {
                tokens.put(path, token);
                String other = userOfToken.putIfAbsent(token, path);
                if (other != null) {
                    report(path, "has the same token as '" + other + "': a token alone must say who a client is");
                }
            });
        });
    }

    private Optional<AccessToken> readToken(String database, String user) {
        Optional<Path> file = values.find(Settings.USER_TOKEN_FILE, database, user);
        if (file.isEmpty()) {
            return values.find(Settings.USER_TOKEN, database, user)
                    .or(() -> values.find(Settings.USER_TOKEN_SHA256, database, user));
        }
        String path = Settings.USER_TOKEN_FILE.at(database, user);
        try {
            Path absolute = folder.resolve(file.get());
            if (Files.size(absolute) > TOKEN_FILE_BYTES_MAX) {
                report(path, absolute + " is larger than " + TOKEN_FILE_BYTES_MAX + " bytes");
                return Optional.empty();
            }
            String token = Files.readString(absolute).strip();
            if (token.isEmpty() || token.indexOf('\n') >= 0) {
                report(path, absolute + " does not hold one token in one line");
                return Optional.empty();
            }
            return Optional.of(AccessToken.of(token));
        } catch (NoSuchFileException e) {
            report(path, "there is no file " + e.getFile());
        } catch (IOException e) {
            report(path, "cannot be read: " + e);
        }
        return Optional.empty();
    }

    private void checkLevels() {
        for (String database : values.below("databases")) {
            refuseBounded(Settings.DATABASE_RESP, database);
            refuseBounded(Settings.DATABASE_REST, database);
        }
        forEachUser((database, user) -> refuseBounded(Settings.USER_CONSISTENCY, database, user));
    }

    private void refuseBounded(Setting<Consistency> setting, String... names) {
        values.find(setting, names)
                .filter(consistency -> consistency.level() == Consistency.Level.BOUNDED)
                .ifPresent(_ -> report(setting.at(names), BOUNDED_LATER));
    }

    /** Requires that neither {@link #findMissing} nor {@link #findContradictions} found anything. */
    NodeConfig build() {
        Topology topology = new Topology(
                values.get(Settings.CLUSTER),
                values.below("regions").stream().map(this::region).toList());
        NodeId node = new NodeId(values.get(Settings.NODE));
        HostPort peer = values.find(Settings.LISTEN_PEER)
                .orElseGet(() -> everywhere(topology.node(node).peer()));
        int eventLoops = values.get(Settings.EVENT_LOOPS);
        return new NodeConfig(
                node,
                values.get(Settings.DATA),
                new Listen(
                        values.get(Settings.LISTEN_RESP),
                        values.get(Settings.LISTEN_REST),
                        peer,
                        values.get(Settings.LISTEN_ADMIN)),
                topology,
                leaders(),
                new Catalog(
                        values.below("databases").stream().map(this::database).toList(),
                        values.find(Settings.ANONYMOUS_DATABASE)),
                Limits.of(values),
                Timeouts.of(values),
                RaftSettings.of(values),
                eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops,
                values.find(Settings.PEER_SECRET),
                LoggingSettings.of(values));
    }

    private Map<RegionId, NodeId> leaders() {
        Map<RegionId, NodeId> leaders = new HashMap<>();
        for (String region : values.below("regions")) {
            values.find(Settings.REGION_LEADER, region)
                    .ifPresent(leader -> leaders.put(new RegionId(region), new NodeId(leader)));
        }
        return leaders;
    }

    private Region region(String name) {
        RegionId id = new RegionId(name);
        List<NodeAddress> nodes = new ArrayList<>();
        for (String node : nodesOf(name)) {
            HostPort peer = values.find(Settings.REGION_NODE, name, node).orElseThrow();
            nodes.add(new NodeAddress(new NodeId(node), id, peer));
        }
        return new Region(id, nodes);
    }

    private Database database(String name) {
        List<User> users = new ArrayList<>();
        for (String user : usersOf(name)) {
            AccessToken token = tokens.get(userPath(name, user));
            if (token == null) {
                throw new IllegalStateException("no token of " + userPath(name, user));
            }
            users.add(new User(
                    user,
                    token,
                    values.get(Settings.USER_READ_ONLY, name, user),
                    values.find(Settings.USER_CONSISTENCY, name, user)));
        }
        return new Database(
                name,
                idOf(name),
                new Placement(new RegionId(values.get(Settings.DATABASE_HOME, name))),
                values.get(Settings.DATABASE_RESP, name),
                values.get(Settings.DATABASE_REST, name),
                users);
    }

    private int idOf(String database) {
        return values.find(Settings.DATABASE_ID, database)
                .orElseGet(() -> values.below("databases").indexOf(database));
    }

    private Optional<HostPort> ownAddress() {
        String node = values.get(Settings.NODE);
        return values.below("regions").stream()
                .flatMap(region -> values.find(Settings.REGION_NODE, region, node).stream())
                .findFirst();
    }

    private List<String> nodesOf(String region) {
        return values.below("regions." + region + ".nodes");
    }

    private List<String> usersOf(String database) {
        return values.below("databases." + database + ".users");
    }

    private void forEachUser(BiConsumer<String, String> action) {
        for (String database : values.below("databases")) {
            usersOf(database).forEach(user -> action.accept(database, user));
        }
    }

    private static String userPath(String database, String user) {
        return "databases." + database + ".users." + user;
    }

    private void report(String path, String message) {
        problems.add(new Problem(values.where(path), "'" + path + "' " + message));
    }

    private void warn(List<Problem> warnings, String path, String message) {
        warnings.add(new Problem(values.where(path), "'" + path + "' " + message));
    }
}
