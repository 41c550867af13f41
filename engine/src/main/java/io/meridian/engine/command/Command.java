// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Args;
import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.keyspace.KeyspaceView;

/** One Redis command: its spec, and a parser that checks arguments before anything is routed or proposed. */
public sealed interface Command {
    Spec spec();

    Parser<?> parser();

    /** Runs on any replica that is fresh enough for the session; cannot change the keyspace. */
    record Read(Spec spec, Parser<Query> parser) implements Command {}

    /** Runs once on every replica, in log order, when its entry is applied; must be deterministic. */
    record Write(Spec spec, Parser<Mutation> parser) implements Command {}

    /** Concerns one connection only; runs where the client is connected and is never routed. */
    record Local(Spec spec, Parser<Exchange> parser) implements Command {}

    /**
     * Checks the arguments and turns them into something to run; throws CommandException for bad ones.
     *
     * <p>What it returns may hold slices of the args' array, and is as stable as that array.
     */
    interface Parser<A> {
        A parse(Args args);
    }

    /** A parsed read, ready to run under the group's shared lock. */
    interface Query {
        Reply on(KeyspaceView keys);
    }

    /**
     * A parsed write, ready to be applied. Refuses with CommandException before it has changed anything; any other exception
     * stops the replica.
     */
    interface Mutation {
        Reply on(Keyspace keys, Moment at);
    }

    /** A parsed local command; runs on the connection's own thread. */
    interface Exchange {
        Reply with(Session session);
    }
}
