// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class TopologyTest {
    private static final RegionId US = new RegionId("us-east");
    private static final RegionId EU = new RegionId("eu-west");

    private final Topology topology =
            new Topology("demo", List.of(region(US, "us-1", "us-2", "us-3"), region(EU, "eu-1", "eu-2")));

    @Test
    void everyRegionIsHomeToAGroupWithLearnersInAllOthers() {
        assertThat(topology.groups()).extracting(Group::id).containsExactly(new GroupId(US, 0), new GroupId(EU, 0));

        Group us = topology.group(GroupId.parse("us-east/0"));

        assertThat(us.voters()).extracting(NodeId::name).containsExactly("us-1", "us-2", "us-3");
        assertThat(us.learners()).extracting(NodeId::name).containsExactly("eu-1", "eu-2");
        assertThat(topology.groupsOn(new NodeId("eu-1"))).hasSize(2);
    }

    @Test
    void nearestIsTheNodeItselfThenItsRegionThenTheRest() {
        assertThat(topology.nearestFirst(new GroupId(US, 0), new NodeId("eu-2")))
                .extracting(NodeId::name)
                .containsExactly("eu-2", "eu-1", "us-1", "us-2", "us-3");
    }

    @Test
    void unknownNodesAndGroupsAreNamed() {
        assertThatThrownBy(() -> topology.node(new NodeId("no-such")))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("node no-such");
        assertThatThrownBy(() -> topology.group(new GroupId(US, 1))).hasMessageContaining("group us-east/1");
        assertThat(topology.findNode(new NodeId("no-such"))).isEmpty();
    }

    @Test
    void theDigestIsThatOfTheNamesAlone() {
        Topology one = new Topology("demo", List.of(region(US, "a", "b"), region(EU, "c")));

        assertThat(new Topology("demo", List.of(region(EU, "c"), region(US, "b", "a"))).digest())
                .isEqualTo(one.digest());
        assertThat(new Topology("demo", List.of(region(US, "a"), region(EU, "b", "c"))).digest())
                .isNotEqualTo(one.digest());
        assertThat(new Topology("demo", List.of(region(US, "a", "b"))).digest()).isNotEqualTo(one.digest());
    }

    @Test
    void doubleRegionsNodesAndAddressesAreRefused() {
        assertThatThrownBy(() -> new Topology("demo", List.of(region(US, "a"), region(US, "b"))))
                .hasMessage("region us-east occurs twice");
        assertThatThrownBy(() -> new Topology("demo", List.of(region(US, "a"), region(EU, "a"))))
                .hasMessage("node a occurs twice");
        NodeAddress one = new NodeAddress(new NodeId("a"), US, HostPort.parse("10.0.0.1:7400"));
        NodeAddress other = new NodeAddress(new NodeId("b"), US, HostPort.parse("10.0.0.1:7400"));
        assertThatThrownBy(() -> new Topology("demo", List.of(new Region(US, List.of(one, other)))))
                .hasMessage("peer address 10.0.0.1:7400 occurs twice");
        assertThatThrownBy(() -> new Topology("demo", List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aGroupsNameIsReadAsItIsWritten() {
        assertThat(GroupId.parse("us-east/12")).isEqualTo(new GroupId(US, 12)).hasToString("us-east/12");
        assertThatThrownBy(() -> GroupId.parse("us-east")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GroupId.parse("us-east/-1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GroupId.parse("us-east/x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void addressesAreReadAsTheyAreWritten() {
        for (String text : List.of("10.0.0.1:7400", "node-1.example:1", "[::1]:65535", "localhost:0")) {
            assertThat(HostPort.parse(text)).hasToString(text);
        }
        for (String text : List.of("", ":1", "host", "host:", "host:x", "host:65536", "::1:7", "a b:1", "h:-1")) {
            assertThatThrownBy(() -> HostPort.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is not an address");
        }
    }

    @Test
    void levelsAreReadAsTheyAreWritten() {
        for (String text : List.of("eventual", "session", "linearizable", "bounded=500")) {
            assertThat(Consistency.parse(text).text()).isEqualTo(text);
        }
        assertThat(Consistency.parse("EVENTUAL")).isEqualTo(Consistency.EVENTUAL);
        for (String text : List.of("", "strong", "bounded", "bounded=", "bounded=0", "bounded=-1")) {
            assertThatThrownBy(() -> Consistency.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void namesAreDnsLabels() {
        assertThat(Stream.of("a", "us-east-1", "0", "x".repeat(63))).allMatch(Names::isName);
        assertThat(Stream.of("", "-a", "a-", "A", "a.b", "a+b", "a/b", "x".repeat(64)))
                .noneMatch(Names::isName);
        assertThatThrownBy(() -> new NodeId("Node")).hasMessageContaining("'Node' is not a name");
    }

    @Test
    void anAccessTokenSaysWhoAClientIs() {
        User writer = new User("default", AccessToken.of("secret-1"), false, Optional.empty());
        User reader = new User("reader", AccessToken.of("secret-2"), true, Optional.of(Consistency.LINEARIZABLE));
        Catalog catalog = new Catalog(List.of(database("app", 3, writer, reader)), Optional.of("app"));

        assertThat(catalog.login(AccessToken.of("secret-1")))
                .get()
                .satisfies(login -> assertThat(login.user()).isEqualTo(writer))
                .satisfies(login -> assertThat(login.rest()).isEqualTo(Consistency.EVENTUAL));
        assertThat(catalog.login("reader", AccessToken.of("secret-2")))
                .get()
                .satisfies(login -> assertThat(login.rest()).isEqualTo(Consistency.LINEARIZABLE));
        assertThat(catalog.login("default", AccessToken.of("secret-2"))).isEmpty();
        assertThat(catalog.login(AccessToken.of("secret-3"))).isEmpty();
        assertThat(catalog.anonymous()).map(Database::name).contains("app");
        assertThat(catalog.find(3)).isEqualTo(catalog.find("app")).isPresent();
        assertThat(catalog.find(0)).isEmpty();
    }

    @Test
    void anAccessTokenIsNeverShown() {
        User user = new User("default", AccessToken.of("secret-1"), false, Optional.empty());

        assertThat(new Catalog(List.of(database("app", 0, user)), Optional.empty()).toString())
                .contains("AccessToken[hidden]")
                .doesNotContain("secret-1")
                .doesNotContain(user.token().sha256());
    }

    @Test
    void doubleDatabasesIdsAndTokensAreRefused() {
        User user = new User("default", AccessToken.of("secret-1"), false, Optional.empty());
        assertThatThrownBy(() -> new Catalog(List.of(database("a", 0), database("a", 1)), Optional.empty()))
                .hasMessage("database a occurs twice");
        assertThatThrownBy(() -> new Catalog(List.of(database("a", 0), database("b", 0)), Optional.empty()))
                .hasMessage("database id 0 occurs twice");
        assertThatThrownBy(() -> new Catalog(List.of(database("a", 0, user), database("b", 1, user)), Optional.empty()))
                .hasMessage("the access token of user default of b occurs twice");
        assertThatThrownBy(() -> new Catalog(List.of(database("a", 0)), Optional.of("b")))
                .hasMessage("there is no database b");
        assertThatThrownBy(() -> AccessToken.of("")).isInstanceOf(IllegalArgumentException.class);
    }

    private static Database database(String name, int id, User... users) {
        return new Database(name, id, new Placement(US), Consistency.SESSION, Consistency.EVENTUAL, List.of(users));
    }

    private static Region region(RegionId id, String... nodes) {
        return new Region(
                id,
                Stream.of(nodes)
                        .map(name -> new NodeAddress(new NodeId(name), id, new HostPort(name + "." + id, 7400)))
                        .toList());
    }
}
