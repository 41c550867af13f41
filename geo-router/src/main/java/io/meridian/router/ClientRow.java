// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What other connections may ask of a session (CLIENT LIST): written by its lane's thread, read by any. */
final class ClientRow {
    private final long id;
    private final Connection connection;
    private final long openedNanos = System.nanoTime();
    private volatile int protocol = 2;
    private volatile int selected;
    private volatile String user = "default";
    private volatile Optional<String> database = Optional.empty();
    private volatile String level = "";
    private volatile String name = "";
    private volatile String libraryName = "";
    private volatile String libraryVersion = "";
    private volatile int queued = NONE;
    private volatile int watched;
    // Set with a release, not as a volatile: with each command that would cost more than some commands do.
    private final AtomicReference<String> lastCommand = new AtomicReference<>("");
    private final AtomicLong lastNanos = new AtomicLong(openedNanos);

    /** No transaction is open. */
    private static final int NONE = -1;

    ClientRow(long id, Connection connection) {
        this.id = id;
        this.connection = connection;
    }

    long id() {
        return id;
    }

    long ageSeconds() {
        return (System.nanoTime() - openedNanos) / 1_000_000_000;
    }

    int protocol() {
        return protocol;
    }

    void protocol(int version) {
        protocol = version;
    }

    int selected() {
        return selected;
    }

    void selected(int number) {
        selected = number;
    }

    String user() {
        return user;
    }

    /** The database it uses, empty before it has authenticated. */
    Optional<String> database() {
        return database;
    }

    void admitted(Optional<Access> access) {
        user = access.map(Access::user).orElse("default");
        database = access.map(Access::database);
    }

    void level(String text) {
        level = text;
    }

    String name() {
        return name;
    }

    void name(String to) {
        name = to;
    }

    void library(String attribute, String value) {
        if (attribute.equals("LIB-NAME")) {
            libraryName = value;
        } else {
            libraryVersion = value;
        }
    }

    void transaction(Transactions now) {
        // Most commands change neither, and to write a volatile costs more than to look at it.
        int size = now.isOpen() ? now.size() : NONE;
        if (queued != size) {
            queued = size;
        }
        if (watched != now.watchCount()) {
            watched = now.watchCount();
        }
    }

    /** Looks at the clock: once in a turn is enough for the seconds that are told. */
    void used() {
        lastNanos.setRelease(System.nanoTime());
    }

    void ran(String command) {
        lastCommand.setRelease(command);
    }

    /** One line as CLIENT LIST has it, without line break; on any thread. */
    String line() {
        String command = lastCommand.getAcquire();
        return "id=" + id + " addr=" + connection.remoteAddress() + " laddr=" + connection.localAddress()
                + " fd=-1 name=" + name + " age=" + ageSeconds() + " idle="
                + (System.nanoTime() - lastNanos.getAcquire()) / 1_000_000_000 + " flags="
                + (queued == NONE ? "N" : "x")
                + " db=" + selected + " sub=0 psub=0 ssub=0 multi=" + queued + " watch=" + watched + " cmd="
                + (command.isEmpty() ? "NULL" : command.toLowerCase(Locale.ROOT)) + " user=" + user + " lib-name="
                + libraryName + " lib-ver=" + libraryVersion + " resp=" + protocol + " level=" + level;
    }
}
