// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.tuple;

import io.meridian.router.topology.AccessToken;
import io.meridian.router.topology.Catalog;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Database;
import io.meridian.router.topology.Group;
import io.meridian.router.topology.HostPort;
import io.meridian.router.topology.NodeId;
import io.meridian.router.topology.RegionId;
import io.meridian.router.topology.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {
    /** The least that is accepted; lines 1 to 8. */
    private static final String LEAST = """
        cluster: demo
        node: us-1
        data: /var/lib/meridian
        regions:
          us: {nodes: {us-1: "10.0.0.1:7400"}}
        databases:
          default:
            home: us
        """;

    private static final String WHOLE = """
        cluster: demo
        node: us-east-1
        data: /var/lib/meridian
        peer-secret: a-word-among-nodes
        listen: {resp: "0.0.0.0:6379", rest: "0.0.0.0:8080", peer: "0.0.0.0:7400", admin: "127.0.0.1:9400"}
        regions:
          us-east: {nodes: {us-east-1: "10.0.0.1:7400", us-east-2: "10.0.0.2:7400", us-east-3: "10.0.0.3:7400"}, leader: us-east-2}
          eu-west: {nodes: {eu-west-1: "10.1.0.1:7400"}}
        databases:
          default:
            id: 4
            home: us-east
            consistency: {resp: linearizable, rest: session}
            users:
              default: {token: "writer-secret"}
              reader: {token: "reader-secret", read-only: true, consistency: eventual}
          far: {home: eu-west}
        anonymous-database: far
        limits: {request-bytes: 1MiB, pipeline-commands: 5}
        timeouts: {request: 5s, session-patience: 20ms}
        raft: {election: 2s}
        threads: {event-loops: 3}
        logging: {level: debug, format: json}
        """;

    @TempDir
    private Path folder;

    @Test
    void everythingThatIsWrittenArrives() throws ConfigException {
        NodeConfig config = parse(WHOLE, Map.of()).config();

        assertThat(config.cluster()).isEqualTo("demo");
        assertThat(config.node()).isEqualTo(new NodeId("us-east-1"));
        assertThat(config.region()).hasToString("us-east");
        assertThat(config.data()).isEqualTo(Path.of("/var/lib/meridian"));
        assertThat(config.peerSecret()).contains(AccessToken.of("a-word-among-nodes"));
        assertThat(config.topology().groups()).extracting(Group::toString).hasSize(2);
        assertThat(config.preferredLeader(new RegionId("us-east"))).contains(new NodeId("us-east-2"));
        assertThat(config.preferredLeader(new RegionId("eu-west"))).isEmpty();
        assertThat(config.listen().admin()).isEqualTo(new HostPort("127.0.0.1", 9400));
        assertThat(config.limits().requestBytes()).isEqualTo(1 << 20);
        assertThat(config.limits().pipelineCommands()).isEqualTo(5);
        assertThat(config.timeouts().request()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.timeouts().sessionPatience()).isEqualTo(Duration.ofMillis(20));
        assertThat(config.raft().election()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.eventLoops()).isEqualTo(3);
        assertThat(config.logging()).isEqualTo(new LoggingSettings(LogLevel.DEBUG, LogFormat.JSON));
    }

    @Test
    void databasesAndUsersArrive() throws ConfigException {
        Catalog catalog = parse(WHOLE, Map.of()).config().catalog();

        assertThat(catalog.databases()).extracting(Database::name).containsExactly("default", "far");
        assertThat(catalog.databases()).extracting(Database::id).containsExactly(4, 1);
        assertThat(catalog.anonymous()).map(Database::name).contains("far");
        assertThat(catalog.login(AccessToken.of("reader-secret"))).get().satisfies(login -> {
            assertThat(login.user().isReadOnly()).isTrue();
            assertThat(login.resp()).isEqualTo(Consistency.EVENTUAL);
            assertThat(login.database().resp()).isEqualTo(Consistency.LINEARIZABLE);
            assertThat(login.database().rest()).isEqualTo(Consistency.SESSION);
        });
    }

    @Test
    void whatIsAbsentHasItsFallback() throws ConfigException {
        NodeConfig config = parse(LEAST, Map.of()).config();

        assertThat(config.listen())
                .isEqualTo(new Listen(
                        new HostPort("0.0.0.0", 6379),
                        new HostPort("0.0.0.0", 8080),
                        new HostPort("0.0.0.0", 7400),
                        new HostPort("127.0.0.1", 9400)));
        assertThat(config.limits())
                .isEqualTo(new Limits(10 << 20, 10 << 20, 64 << 20, 16 << 10, 10_000, 32 << 10, 10_000, 64L << 20));
        assertThat(config.raft())
                .isEqualTo(new RaftSettings(Duration.ofMillis(1_500), Duration.ofMinutes(30), 256L << 20));
        assertThat(config.eventLoops()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(config.catalog().anonymous()).isEmpty();
        assertThat(config.catalog().databases())
                .extracting(Database::resp, Database::rest)
                .containsExactly(tuple(Consistency.SESSION, Consistency.EVENTUAL));
    }

    @Test
    void unknownSettingsAreRefusedWithTheirPlaceAndTheNearestName() {
        refuses(LEAST + "limits: {requestbytes: 1MiB}\n")
                .containsExactly(
                        "node.yaml:9:10: unknown setting 'limits.requestbytes'; did you mean 'request-bytes'?");
        refuses(LEAST + "limit:\n  key-bytes: 1KiB\n")
                .containsExactly("node.yaml:9:1: unknown setting 'limit'; did you mean 'limits'?");
        refuses(LEAST + "election: 1s\n")
                .containsExactly("node.yaml:9:1: unknown setting 'election'; did you mean 'raft.election'?");
        refuses(LEAST + "timeouts:\n  xyz: 1s\n")
                .singleElement()
                .asString()
                .startsWith("node.yaml:10:3: unknown setting 'timeouts.xyz': expected some of request, http-header");
        refuses(LEAST + "    user: {}\n").singleElement().asString().contains("did you mean 'users'?");
    }

    @Test
    void illTypedSettingsAreRefusedWithWhatWasExpected() {
        refuses(LEAST + "timeouts: {request: 10}\n")
                .containsExactly("node.yaml:9:21: 'timeouts.request': expected a duration from 10ms to 10m,"
                        + " like 500ms, 10s or 5m, not '10'");
        refuses(LEAST + "limits: {key-bytes: 64MB}\n")
                .containsExactly("node.yaml:9:21: 'limits.key-bytes': expected a size from 64B to 1MiB,"
                        + " like 512KiB or 64MiB, not '64MB'");
        refuses(LEAST + "limits: {key-bytes: 2MiB}\n")
                .singleElement()
                .asString()
                .contains("from 64B to 1MiB");
        refuses(LEAST + "limits: {key-bytes: 999999999999999999TiB}\n").hasSize(1);
        refuses(LEAST + "limits: {connections: 0}\n")
                .singleElement()
                .asString()
                .contains("expected a whole number from 1 to 1000000, not '0'");
        refuses(LEAST + "threads: {event-loops: [1]}\n")
                .singleElement()
                .asString()
                .contains("node.yaml:9:24: 'threads.event-loops': expected a whole number")
                .endsWith("not a list or section");
        refuses(LEAST + "logging: {level: loud}\n")
                .containsExactly(
                        "node.yaml:9:18: 'logging.level': expected one of error, warn, info, debug, trace, not 'loud'");
        refuses(LEAST + "listen: {resp: 6379}\n").singleElement().asString().contains("an address to listen on");
        refuses(LEAST + "timeouts: 10s\n")
                .singleElement()
                .asString()
                .startsWith("node.yaml:9:11: 'timeouts' is a section: expected some of request");
        refuses(LEAST + "logging:\n").containsExactly("node.yaml:9:9: 'logging' has no value");
        refuses(LEAST.replace("cluster: demo", "cluster: Demo"))
                .singleElement()
                .asString()
                .contains("node.yaml:1:10", "expected a name of 1 to 63");
        refuses(LEAST.replace("us-1: \"10.0.0.1:7400\"", "us-1: \"10.0.0.1:7400\", us_2: \"10.0.0.2:7400\""))
                .singleElement()
                .asString()
                .contains("node.yaml:5:39: expected a name of 1 to 63", "not 'us_2'");
    }

    @Test
    void limitsAreExact() throws ConfigException {
        assertThat(parse(LEAST + "limits: {key-bytes: 64}\n", Map.of())
                        .config()
                        .limits()
                        .keyBytes())
                .isEqualTo(64);
        assertThat(parse(LEAST + "limits: {key-bytes: 1MiB}\n", Map.of())
                        .config()
                        .limits()
                        .keyBytes())
                .isEqualTo(1 << 20);
        // What is gathered of a client before its token is known must not become long.
        assertThat(parse(LEAST + "limits: {http-header-bytes: 32KiB}\n", Map.of())
                        .config()
                        .limits()
                        .httpHeaderBytes())
                .isEqualTo(32 << 10);
        refuses(LEAST + "limits: {http-header-bytes: 32769}\n")
                .singleElement()
                .asString()
                .contains("a size from 1KiB to 32KiB");
        refuses(LEAST + "limits: {key-bytes: 63}\n").hasSize(1);
        refuses(LEAST + "limits: {key-bytes: 1048577}\n").hasSize(1);
        refuses(LEAST + "limits: {request-bytes: 71MiB, reply-bytes: 71MiB}\n").hasSize(2);
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        refuses("cluster: demo\nnode: 1_\nlimits: {a: 1, b: 2}\n").hasSize(3);
        refuses("raft: {}\n")
                .extracting(String::toString)
                .anySatisfy(line -> assertThat(line).startsWith("node.yaml: 'cluster' is missing"))
                .anySatisfy(line -> assertThat(line).startsWith("node.yaml: 'data' is missing"))
                .anySatisfy(line -> assertThat(line).startsWith("node.yaml: 'regions' has no region"))
                .anySatisfy(line -> assertThat(line).startsWith("node.yaml: 'databases' has no database"));
        refuses("").hasSize(5);
    }

    @Test
    void whatYamlCannotReadIsRefusedWithItsPlaceAndWithoutItsText() {
        refuses("cluster: demo\nnode: {token: \"very-secret\"\n")
                .singleElement()
                .asString()
                .startsWith("node.yaml:3:1: not YAML: ")
                .doesNotContain("very-secret");
        refuses("cluster: a\n\tnode: b\n").singleElement().asString().startsWith("node.yaml:2:1: not YAML");
        refuses("- a\n- b\n").singleElement().asString().startsWith("node.yaml:1:1: the file is a section");
        refuses("a: " + "[".repeat(2_000)).singleElement().asString().contains("not YAML");
        refuses(LEAST + "---\n" + LEAST).singleElement().asString().contains("expected one YAML document, not several");
    }

    @Test
    void yamlBeyondTreesOfWordsIsRefused() {
        refuses(LEAST + "node: us-1\n").containsExactly("node.yaml:9:1: 'node' is there twice, first at node.yaml:2:1");
        refuses(LEAST.replace("node: us-1", "node: &a us-1") + "anonymous-database: *a\n")
                .singleElement()
                .asString()
                .contains("'anonymous-database' uses an alias");
        refuses(LEAST.replace("node: us-1", "node: !!java.net.URL us-1"))
                .singleElement()
                .asString()
                .startsWith("node.yaml:2:7: not YAML: Global tag is not allowed");
        refuses(LEAST.replace("node: us-1", "node: !name us-1"))
                .containsExactly("node.yaml:2:7: 'node' has a tag (!name), which is not accepted here");
        refuses(LEAST + "<<: {a: b}\n").singleElement().asString().contains("unknown setting '<<'");
        refuses(LEAST + "? [a]\n: b\n").singleElement().asString().contains("expected the name of a setting");
        refuses(LEAST + "raft: &r\n  election: *r\n").hasSize(1);
    }

    @Test
    void namesThatYamlWouldTurnIntoNumbersOrTruthStayWords() throws ConfigException {
        String yaml = LEAST.replace("us-1", "0123").replace("default", "no");

        assertThat(parse(yaml, Map.of()).config().node()).hasToString("0123");
    }

    @Test
    void nodesAndRegionsMustFitTogether() {
        refuses(LEAST.replace("node: us-1", "node: us-2"))
                .containsExactly("node.yaml:2:7: 'node' 'us-2' is not a node of any region; did you mean 'us-1'?");
        refuses(LEAST.replace("home: us", "home: su"))
                .containsExactly("node.yaml:8:11: 'databases.default.home' 'su' is not one of the regions");
        refuses(LEAST.replace("10.0.0.1:7400\"}}", "10.0.0.1:7400\"}}\n  eu: {nodes: {us-1: \"10.0.0.2:7400\"}}"))
                .containsExactly("node.yaml:6:22: 'regions.eu.nodes.us-1' is a node of region 'us' too:"
                        + " node names are unique in the cluster");
        refuses(LEAST.replace("us-1: \"10.0.0.1:7400\"", "us-1: \"10.0.0.1:7400\", us-2: \"10.0.0.1:7400\""))
                .containsExactly(
                        "node.yaml:5:45: 'regions.us.nodes.us-2' has the address 10.0.0.1:7400 of node 'us-1'");
        refuses(LEAST.replace("{nodes: {us-1: \"10.0.0.1:7400\"}}", "{}"))
                .singleElement()
                .asString()
                .contains("node.yaml:5:3: 'regions.us' has no nodes");
        refuses(LEAST.replace("10.0.0.1:7400", "10.0.0.1:0"))
                .singleElement()
                .asString()
                .contains("not '10.0.0.1:0'");
    }

    @Test
    void aPreferredLeaderIsANodeOfItsRegion() {
        String two = LEAST.replace(
                "10.0.0.1:7400\"}}", "10.0.0.1:7400\"}, leader: LEADER}\n  eu: {nodes: {eu-1: \"10.0.0.2:7400\"}}");
        accepts(two.replace("LEADER", "us-1"));
        refuses(two.replace("LEADER", "us1"))
                .containsExactly("node.yaml:5:48: 'regions.us.leader' 'us1' is not a node of the region;"
                        + " did you mean 'us-1'?");
        refuses(two.replace("LEADER", "eu-1"))
                .singleElement()
                .asString()
                .startsWith("node.yaml:5:48: 'regions.us.leader' 'eu-1' is not a node of the region");
        refuses(two.replace("LEADER", "[us-1]")).hasSize(1);
        refuses(LEAST.replace("{nodes: {us-1: \"10.0.0.1:7400\"}}", "{leader: us-1}"))
                .singleElement()
                .asString()
                .contains("'regions.us' has no nodes");
    }

    @Test
    void portsThatOverlapAreRefused() {
        refuses(LEAST + "listen: {resp: \"0.0.0.0:9400\"}\n")
                .containsExactly(
                        "node.yaml:9:1: 'listen.admin' listens on 127.0.0.1:9400, which overlaps 'listen.resp',"
                                + " 0.0.0.0:9400");
        refuses(LEAST + "listen: {resp: \"127.0.0.1:7400\"}\n")
                .singleElement()
                .asString()
                .contains("'listen.peer' listens on 0.0.0.0:7400");
        accepts(LEAST + "listen: {resp: \"127.0.0.1:9000\", rest: \"127.0.0.2:9000\"}\n");
        accepts(LEAST + "listen: {resp: \"127.0.0.1:0\", rest: \"127.0.0.1:0\", admin: \"127.0.0.1:0\"}\n");
    }

    @Test
    void databasesMustFitTogether() {
        refuses(LEAST + "  other: {home: us, id: 0}\n")
                .containsExactly("node.yaml:9:25: 'databases.other.id' is 0, as the id of 'default' is:"
                        + " give both an id of their own");
        refuses(LEAST + "anonymous-database: defualt\n")
                .containsExactly("node.yaml:9:21: 'anonymous-database' 'defualt' is not one of the databases;"
                        + " did you mean 'default'?");
        refuses(LEAST.replace("    home: us\n", "    id: 1\n"))
                .singleElement()
                .asString()
                .startsWith("node.yaml:7:3: 'databases.default' has no 'home'");
        refuses(LEAST + "timeouts: {request: 1s, session-patience: 1s}\n")
                .containsExactly("node.yaml:9:43: 'timeouts.session-patience' must be shorter than 'timeouts.request'");
    }

    @Test
    void boundedStalenessIsNotAvailableYet() {
        refuses(LEAST + "    users: {a: {token: x, consistency: \"bounded=500\"}}\n")
                .containsExactly("node.yaml:9:40: 'databases.default.users.a.consistency' bounded staleness is not"
                        + " available yet: expected one of eventual, session, linearizable");
        refuses(LEAST + "    consistency: {resp: bounded=1}\n").hasSize(1);
        refuses(LEAST + "    consistency: {resp: bounded}\n")
                .singleElement()
                .asString()
                .contains("expected one of eventual, session, linearizable, not 'bounded'");
    }

    @Test
    void tokensAreCheckedAndNeverShown() throws Exception {
        refuses(LEAST + "    users: {a: {token: \"\"}}\n")
                .containsExactly("node.yaml:9:24: 'databases.default.users.a.token': expected a token that is not empty"
                        + " and has no white space around it");
        refuses(LEAST + "    users: {a: {token: \" very-secret\"}}\n")
                .singleElement()
                .asString()
                .doesNotContain("very-secret");
        refuses(LEAST + "    users: {a: {}}\n")
                .containsExactly("node.yaml:9:13: 'databases.default.users.a' needs exactly one of token, token-sha256"
                        + " and token-file");
        refuses(LEAST + "    users: {a: {token: very-secret}, b: {token: very-secret}}\n")
                .containsExactly("node.yaml:9:38: 'databases.default.users.b' has the same token as"
                        + " 'databases.default.users.a': a token alone must say who a client is");
        refuses(LEAST + "    users: {a: {token: very-secret, token-file: x}}\n").hasSize(1);
        refuses(LEAST + "    users: {a: {token-sha256: very-secret}}\n")
                .singleElement()
                .asString()
                .doesNotContain("very-secret");

        NodeConfig config = parse(LEAST + "    users: {a: {token: very-secret}}\n", Map.of())
                .config();

        assertThat(config.toString()).doesNotContain("very-secret");
    }

    @Test
    void tokensComeAsHashOrFromAFileToo() throws Exception {
        Files.writeString(folder.resolve("token"), "from-a-file\n");
        Files.writeString(folder.resolve("empty"), "\n");
        String hash = AccessToken.of("hashed").sha256();

        Catalog catalog = parse(
                        LEAST + "    users: {a: {token-sha256: " + hash + "}, b: {token-file: token}}\n", Map.of())
                .config()
                .catalog();

        assertThat(catalog.login(AccessToken.of("hashed")))
                .map(Catalog.Login::user)
                .map(User::name)
                .contains("a");
        assertThat(catalog.login(AccessToken.of("from-a-file")))
                .map(Catalog.Login::user)
                .map(User::name)
                .contains("b");
        refuses(LEAST + "    users: {b: {token-file: no-such}}\n")
                .containsExactly("node.yaml:9:29: 'databases.default.users.b.token-file' there is no file "
                        + folder.resolve("no-such"));
        refuses(LEAST + "    users: {b: {token-file: empty}}\n")
                .singleElement()
                .asString()
                .contains("does not hold one token in one line");
    }

    @Test
    void doubtfulThingsAreWarnedOf() throws ConfigException {
        List<Problem> warnings = parse(
                        LEAST.replace("us-1: \"10.0.0.1:7400\"", "us-1: \"10.0.0.1:7400\", us-2: \"10.0.0.2:7400\"")
                                + "anonymous-database: default\n"
                                + "listen: {peer: \"0.0.0.0:7500\"}\n",
                        Map.of())
                .warnings();

        assertThat(warnings)
                .extracting(Problem::toString)
                .containsExactly(
                        "node.yaml:5:3: 'regions.us' has 2 voters: an even number survives no more failures than 1"
                                + " would",
                        "node.yaml:10:16: 'listen.peer' has another port than 10.0.0.1:7400, where other nodes look for"
                                + " this one",
                        "node.yaml: 'peer-secret' is absent: whoever reaches 0.0.0.0:7500 may pose as a node",
                        "node.yaml:9:21: 'anonymous-database' lets everybody who reaches 0.0.0.0:6379 use 'default'");
        assertThat(parse(LEAST, Map.of()).warnings())
                .extracting(Problem::message)
                .containsExactly("'databases.default' has no users: nobody can use it");
    }

    @Test
    void severalNodesNeedASecretUnlessTheyAreOnOneMachine() throws ConfigException {
        String several = LEAST.replace(
                        "us-1: \"10.0.0.1:7400\"",
                        "us-1: \"10.0.0.1:7400\", us-2: \"10.0.0.2:7400\", us-3: \"10.0.0.3:7400\"")
                + "    users: {a: {token: a}}\n";

        assertThat(parse(several, Map.of()).warnings())
                .extracting(Problem::message)
                .containsExactly("'peer-secret' is absent: whoever reaches 0.0.0.0:7400 may pose as a node");
        assertThat(parse(several + "peer-secret: word\n", Map.of()).warnings()).isEmpty();
        assertThat(parse(several + "listen: {peer: \"127.0.0.1:7400\"}\n", Map.of())
                        .warnings())
                .isEmpty();
    }

    @Test
    void theEnvironmentOverridesTheFile() throws ConfigException {
        NodeConfig config = parse(
                        WHOLE,
                        Map.of(
                                "MERIDIAN_NODE", "eu-west-1",
                                "MERIDIAN_LISTEN_RESP", "127.0.0.1:7000",
                                "MERIDIAN_LIMITS_REQUEST_BYTES", "2MiB",
                                "MERIDIAN_JAVA_OPTS", "-Xmx1g",
                                "MERIDIAN_PORT_6379_TCP_ADDR", "10.96.0.1",
                                "MERIDIAN_US_SERVICE_HOST", "10.96.0.1",
                                "MERIDIAN_US_PORT", "tcp://10.96.0.1:6379",
                                "PATH", "/bin"))
                .config();

        assertThat(config.node()).hasToString("eu-west-1");
        assertThat(config.region()).hasToString("eu-west");
        assertThat(config.listen().resp()).isEqualTo(new HostPort("127.0.0.1", 7000));
        assertThat(config.limits().requestBytes()).isEqualTo(2 << 20);
    }

    @Test
    void variablesThatAreUnknownOrIllTypedAreRefusedByName() {
        refuses(LEAST, Map.of("MERIDIAN_LISTEN_RESPP", "x"))
                .containsExactly("environment variable MERIDIAN_LISTEN_RESPP: there is no such setting;"
                        + " did you mean 'MERIDIAN_LISTEN_RESP'?");
        refuses(LEAST, Map.of("MERIDIAN_RESP_PORT", "7000"))
                .singleElement()
                .asString()
                .startsWith("environment variable MERIDIAN_RESP_PORT: there is no such setting");
        refuses(LEAST, Map.of("MERIDIAN_PORT", "7000"))
                .singleElement()
                .asString()
                .startsWith("environment variable MERIDIAN_PORT: there is no such setting");
        refuses(LEAST, Map.of("MERIDIAN_LOGGING_FORMAT", "xml"))
                .containsExactly(
                        "environment variable MERIDIAN_LOGGING_FORMAT: 'logging.format': expected one of text, json,"
                                + " not 'xml'");
        refuses(LEAST, Map.of("MERIDIAN_NODE", "")).singleElement().asString().endsWith("not an empty text");
        refuses(LEAST, Map.of("MERIDIAN_NODE", "eu-9"))
                .containsExactly("environment variable MERIDIAN_NODE: 'node' 'eu-9' is not a node of any region");
    }

    @Test
    void noSettingLooksLikeAServiceLink() {
        assertThat(Settings.ALL)
                .flatMap(setting -> setting.variable().stream().toList())
                .doesNotHaveDuplicates()
                .noneMatch(name -> Environment.SERVICE_LINK.matcher(name).matches())
                .hasSizeGreaterThan(25);
    }

    @Test
    void everyFallbackFitsItsType() {
        assertThat(Settings.ALL).allSatisfy(setting -> {
            assertThat(setting.isRequired() && setting.fallback().isPresent()).isFalse();
            setting.fallback()
                    .ifPresent(text -> assertThat(YamlReader.check(setting.name(), setting, text, "table"))
                            .isEmpty());
        });
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws Exception {
        Path missing = folder.resolve("none.yaml");
        Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe9});
        Path tooLong = Files.write(folder.resolve("long.yaml"), new byte[(1 << 20) + 1]);

        for (var expected : Map.of(missing, "there is no such file", latin, "it is not UTF-8", tooLong, "it is larger")
                .entrySet()) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> ConfigLoader.load(expected.getKey(), Map.of()))
                    .withMessageStartingWith(expected.getKey() + ": cannot be read: " + expected.getValue());
        }
    }

    private ConfigLoader.Loaded parse(String yaml, Map<String, String> environment) throws ConfigException {
        return ConfigLoader.parse("node.yaml", yaml, folder, environment);
    }

    private void accepts(String yaml) {
        assertThatNoException().isThrownBy(() -> parse(yaml, Map.of()));
    }

    private ListAssert<String> refuses(String yaml) {
        return refuses(yaml, Map.of());
    }

    private ListAssert<String> refuses(String yaml, Map<String, String> environment) {
        try {
            NodeConfig accepted = parse(yaml, environment).config();
            throw new AssertionError("accepted: " + accepted);
        } catch (ConfigException e) {
            return assertThat(e.problems().stream().map(Problem::toString).toList());
        }
    }
}
