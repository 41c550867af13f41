// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import java.util.List;

/**
 * What a local command may see and change of the connection that sent it.
 *
 * <p>Used on the connection's own thread, but for id, caller, user and {@link #describe}, which other connections
 * ask for (CLIENT LIST, CLIENT KILL). A method that returns a Reply answers for the command as a whole, errors included.
 */
public interface Session {
    /** Never given twice by one node. */
    long id();

    /** Where the connection comes from. */
    Caller caller();

    /** 2 or 3: the RESP version replies are written in. */
    int protocol();

    void protocol(int version);

    /** The selected numbered database. */
    int selected();

    /** Refuses a number out of range with Redis' error. */
    void select(int number);

    /** What CLIENT SETNAME set, else empty. */
    String clientName();

    void clientName(String name);

    /** CLIENT SETINFO: the attribute is LIB-NAME or LIB-VER. */
    void library(String attribute, String value);

    /** The name of the authenticated user. */
    String user();

    /** AUTH: OK, or WRONGPASS and nothing changed. */
    Reply authenticate(Bytes user, Bytes secret);

    boolean isAuthenticated();

    /** Whether clients that do not authenticate are let in to nothing. */
    boolean needsSecret();

    /** RESET: back to what a new connection is, still open. */
    void reset();

    /** QUIT: closes once the replies so far are written. */
    void closeAfterReply();

    /**
     * CLIENT REPLY: whether replies are written from this command's own on; SKIP leaves out this one's and the next command's
     * only.
     */
    void replies(ReplyMode mode);

    /** One line as CLIENT LIST has it, without line break. */
    String describe();

    Reply multi();

    /** Answers later, see {@link Reply.Deferred}. */
    Reply exec();

    Reply discard();

    Reply watch(List<Bytes> keys);

    Reply unwatch();

    /** MERIDIAN CONSISTENCY: with no words tells the level, else sets it. */
    Reply consistency(List<Bytes> words);

    /** MERIDIAN TOKEN: the session token. */
    Reply token();

    /** MERIDIAN SYNC: raises the session to a token and waits until it is fresh here, 0 as long as a request may; answers later. */
    Reply sync(Bytes token, long timeoutMillis);

    /** MERIDIAN LAST: what the last read of this connection was given. */
    Reply last();

    /** WAIT: answers later with how many regions beside home have applied this connection's writes. */
    Reply waitForRegions(long count, long timeoutMillis);

    Host host();

    /**
     * Where a connection comes from.
     *
     * @param address the client's end: {@code "127.0.0.1:51312"}
     * @param localAddress this node's end
     * @param ageSeconds since it was opened
     */
    record Caller(String address, String localAddress, long ageSeconds) {}

    /** CLIENT REPLY's modes. */
    enum ReplyMode {
        ON,
        OFF,
        SKIP
    }
}
