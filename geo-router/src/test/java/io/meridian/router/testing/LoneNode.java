// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.testing;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.SipHash;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.CatalogCredentials;
import io.meridian.router.Peers;
import io.meridian.router.Replica;
import io.meridian.router.Router;
import io.meridian.router.token.SessionTokens;
import io.meridian.router.topology.AccessToken;
import io.meridian.router.topology.Catalog;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Database;
import io.meridian.router.topology.Placement;
import io.meridian.router.topology.RegionId;
import io.meridian.router.topology.User;
import java.util.List;
import java.util.Optional;

/** The only node, "us-1", of a cluster of one region, "us": a router over one {@link EngineReplica}. */
public final class LoneNode implements AutoCloseable {
    /** Opens database "main" as user "default". */
    public static final String TOKEN = "the-token-of-main";

    /** Opens database "main" as user "reader", who may not write. */
    public static final String READER_TOKEN = "the-token-of-a-reader";

    /** Opens database "other" as user "default". */
    public static final String OTHER_TOKEN = "the-token-of-other";

    /** How long a request is held without a leader, or by a test: longer than a machine should stand still. */
    public static final long REQUEST_MILLIS = 3_000;

    public static final int KEY_BYTES_MAX = 1024;
    public static final int QUEUE_COMMANDS_MAX = 100;
    private static final int QUEUE_BYTES_MAX = 64 << 20;

    private static final SipHash KEYED = new SipHash(1, 2);
    private static final RegionId US = new RegionId("us");

    private final EngineReplica replica = new EngineReplica("us/0", "us-1");
    private final Router router;

    private LoneNode(Optional<String> anonymous, int queueBytesMax) {
        RouterHost host = new RouterHost();
        this.router = new Router(
                new Router.Settings("us-1", "us", REQUEST_MILLIS, 20, KEY_BYTES_MAX, QUEUE_COMMANDS_MAX, queueBytesMax),
                List.of(new Router.Member("us", List.of("us-1"), List.of(), replica)),
                credentials(anonymous),
                new NoPeers(),
                host,
                tokens());
        host.serve(router);
    }

    /** Clients have to authenticate. */
    public static LoneNode locked() {
        return new LoneNode(Optional.empty(), QUEUE_BYTES_MAX);
    }

    /** Clients without credentials use database "main". */
    public static LoneNode open() {
        return open(QUEUE_BYTES_MAX);
    }

    /** The same with another limit of a transaction's bytes. */
    public static LoneNode open(int queueBytesMax) {
        return new LoneNode(Optional.of("main"), queueBytesMax);
    }

    /** Databases "main" and "other"; clients without credentials use the one named, if any. */
    public static CatalogCredentials credentials(Optional<String> anonymous) {
        return new CatalogCredentials(new Catalog(
                List.of(
                        database("main", 0, List.of(user("default", TOKEN, false), user("reader", READER_TOKEN, true))),
                        database("other", 1, List.of(user("default", OTHER_TOKEN, false)))),
                anonymous));
    }

    public Router router() {
        return router;
    }

    public EngineReplica replica() {
        return replica;
    }

    /** Session tokens as this node writes and reads them. */
    public static SessionTokens tokens() {
        return new SessionTokens(KEYED::hash);
    }

    @Override
    public void close() {
        replica.close();
    }

    private static Database database(String name, int id, List<User> users) {
        return new Database(name, id, new Placement(US), Consistency.SESSION, Consistency.EVENTUAL, users);
    }

    private static User user(String name, String token, boolean isReadOnly) {
        return new User(name, AccessToken.of(token), isReadOnly, Optional.empty());
    }

    /** There is no other node. */
    private static final class NoPeers implements Peers {
        @Override
        public void submit(String node, String group, Bundle bundle, List<Args> reads, ForwardCompletion completion) {
            completion.failed(Bundle.Outcome.NOT_APPLIED, "no node " + node);
        }

        @Override
        public void read(String node, ForwardedRead read, Replica.ReadCompletion completion) {
            completion.failed("no node " + node);
        }

        @Override
        public void whenApplied(String node, String group, long index, Runnable arrived) {
            throw new IllegalStateException("no node " + node + " to ask for " + Bytes.of(group));
        }
    }
}
