// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import io.meridian.engine.Args;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands that one origin hands to a group in one go: writes, encoded as they will stand in an entry, and reads that ride
 * between them without being replicated.
 *
 * <p>It is the unit of hand-over between threads and nodes, of retry and of deduplication: it is applied wholly and once,
 * however often it is sent. An origin numbers its bundles to a group from 1 and sends them in that order.
 *
 * <p>Filled by one thread, then handed over; not changed afterwards.
 */
public final class Bundle {
    /** An entry holds no more bytes of commands than this, but for a single larger command, which travels alone. */
    public static final int BYTES_MAX = 256 * 1024;
    /** An entry holds no more commands than this. */
    public static final int COMMANDS_MAX = 1024;

    private final long origin;
    private final long sequence;
    private final ByteWriter bytes = new ByteWriter(256);
    private final List<Item> items = new ArrayList<>();
    private int writes;
    private int attempt;
    private long ackedBelow;

    /**
     * @param origin who numbers it: unique over all nodes and restarts, never 0
     * @param sequence its number, from 1
     */
    public Bundle(long origin, long sequence) {
        this.origin = origin;
        this.sequence = sequence;
    }

    /**
     * A bundle that came from another node: its writes encoded already, its reads parsed.
     *
     * @param items in order; as many of them have no query as there are encoded writes, else CorruptEntryException
     */
    public static Bundle received(long origin, long sequence, Bytes encodedWrites, int writes, List<Item> items) {
        Bundle bundle = new Bundle(origin, sequence);
        long withoutQuery = items.stream().filter(item -> item.query() == null).count();
        if (withoutQuery != writes || CommandCodec.countItems(encodedWrites) != writes) {
            throw new CorruptEntryException("a bundle of " + writes + " writes holds another number of them");
        }
        bundle.bytes.raw(encodedWrites.array(), encodedWrites.offset(), encodedWrites.length());
        bundle.items.addAll(items);
        bundle.writes = writes;
        return bundle;
    }

    /** Which sending of its origin's bundles this is, from 0: raised after a failure, for all that are sent again. */
    public int attempt() {
        return attempt;
    }

    public void attempt(int number) {
        this.attempt = number;
    }

    /** The lowest sequence whose replies the origin still waits for: what is below need not be remembered. */
    public long ackedBelow() {
        return ackedBelow;
    }

    public void ackedBelow(long sequence) {
        this.ackedBelow = sequence;
    }

    /** One command of a bundle, in order; a read has a query, a write has none because its bytes speak for it. */
    public record Item(int database, int number, @Nullable Query query) {}

    public long origin() {
        return origin;
    }

    public long sequence() {
        return sequence;
    }

    /** Appends a write to a numbered database of a database. */
    public void write(int database, int number, Args args) {
        CommandCodec.writeCommand(bytes, database, number, args);
        items.add(new Item(database, number, null));
        writes++;
    }

    /** Appends a transaction: its commands run one after the other, or none when a watched key changed. */
    public void transaction(int database, Transaction transaction) {
        CommandCodec.writeTransaction(bytes, database, transaction);
        items.add(new Item(database, 0, null));
        writes++;
    }

    /** Appends a read that runs where the bundle is applied by its leader, at this place in the order. */
    public void read(int database, int number, Query query) {
        items.add(new Item(database, number, query));
    }

    /** How many commands, reads included: as many replies come back. */
    public int size() {
        return items.size();
    }

    public int writes() {
        return writes;
    }

    public List<Item> items() {
        return items;
    }

    /** The encoded writes. */
    public ByteWriter bytes() {
        return bytes;
    }

    /** What becomes of a bundle; called once, on any thread, and must not block. */
    public interface Completion {
        /**
         * It was applied, now or, as a repetition, before.
         *
         * @param replies one for each item
         * @param incarnation the group's, as the replica that applied it knows it: what the index is of
         * @param index the applied index that shows all its writes
         */
        void applied(Reply[] replies, long incarnation, long index);

        void failed(Outcome outcome, String reason);
    }

    /** What is known of a bundle that did not come back applied. */
    public enum Outcome {
        /** Surely not applied, and will not be: safe to send again. */
        NOT_APPLIED,
        /** Not applied either: it would not help to send it again before somebody has mended what the reason tells. */
        TAKES_NO_WRITES,
        /** May have been applied, or may be later. */
        UNKNOWN
    }
}
