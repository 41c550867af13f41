// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing;

import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Host;
import io.meridian.engine.command.Session;
import java.util.ArrayList;
import java.util.List;

/** A session that keeps what it is told, and answers what only a group could with the words it was asked. */
public final class FakeSession implements Session {
    public static final Bytes SECRET = Bytes.of("secret");

    private final FakeHost host;
    private final long id;
    private final List<ReplyMode> replyModes = new ArrayList<>();
    private int protocol = 2;
    private int selected;
    private String name = "";
    private String library = "";
    private String user = "default";
    private boolean authenticated = true;
    private boolean needsSecret = true;
    private boolean closing;

    /** Opens a connection to the host, from port 50000 + id. */
    public FakeSession(FakeHost host) {
        this.host = host;
        this.id = host.open(this);
    }

    /** From now on a secret is needed. */
    public void signOut() {
        authenticated = false;
    }

    public boolean isClosing() {
        return closing;
    }

    public String library() {
        return library;
    }

    /** What CLIENT REPLY set, in order. */
    public List<ReplyMode> replyModes() {
        return replyModes;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Caller caller() {
        return new Caller("127.0.0.1:" + (50_000 + id), "127.0.0.1:6379", id * 10);
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public void protocol(int version) {
        protocol = version;
    }

    @Override
    public int selected() {
        return selected;
    }

    @Override
    public void select(int number) {
        if (number < 0 || number > 15) {
            throw new CommandException("ERR DB index is out of range");
        }
        selected = number;
    }

    @Override
    public String clientName() {
        return name;
    }

    @Override
    public void clientName(String to) {
        name = to;
    }

    @Override
    public void library(String attribute, String value) {
        library += attribute + "=" + value + " ";
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public Reply authenticate(Bytes by, Bytes secret) {
        if (!secret.equals(SECRET)) {
            return new Reply.Failure("WRONGPASS invalid username-password pair or user is disabled.");
        }
        user = by.toString();
        authenticated = true;
        return Reply.OK;
    }

    @Override
    public boolean needsSecret() {
        return needsSecret;
    }

    /** From now on every client is let in. */
    public void needNoSecret() {
        needsSecret = false;
    }

    @Override
    public boolean isAuthenticated() {
        return authenticated;
    }

    @Override
    public void reset() {
        protocol = 2;
        selected = 0;
        name = "";
    }

    @Override
    public void closeAfterReply() {
        closing = true;
    }

    @Override
    public void replies(ReplyMode mode) {
        replyModes.add(mode);
    }

    @Override
    public String describe() {
        return "id=" + id + " name=" + name;
    }

    @Override
    public Reply multi() {
        return asked("multi");
    }

    @Override
    public Reply exec() {
        return asked("exec");
    }

    @Override
    public Reply discard() {
        return asked("discard");
    }

    @Override
    public Reply watch(List<Bytes> keys) {
        return asked("watch " + keys);
    }

    @Override
    public Reply unwatch() {
        return asked("unwatch");
    }

    @Override
    public Reply consistency(List<Bytes> words) {
        return asked("consistency " + words);
    }

    @Override
    public Reply token() {
        return asked("token");
    }

    @Override
    public Reply sync(Bytes token, long timeoutMillis) {
        return asked("sync " + token + " " + timeoutMillis);
    }

    @Override
    public Reply last() {
        return asked("last");
    }

    @Override
    public Reply waitForRegions(long count, long timeoutMillis) {
        return asked("wait " + count + " " + timeoutMillis);
    }

    @Override
    public Host host() {
        return host;
    }

    private static Reply asked(String words) {
        return new Reply.Status(words);
    }
}
