// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * A list: elements in chunks, so that both ends are cheap and the middle is reachable.
 *
 * <p>Chunks never change. The arrays of the first and the last one may have room to spare outwards; an element pushed there is
 * written where nothing has ever been written, so that whoever holds the old chunk sees no difference. Bytes that a method
 * returns stay as they are whatever happens to the list. Indexes count from 0.
 */
public final class ListValue implements Value {
    // A chunk that cannot be appended to is copied for a push up to this size; a larger one is left, and a new one
    // begun.
    private static final int COPIED_BYTES_MAX = 512;
    // The array of a new end chunk in a list of several.
    private static final int FRESH_BYTES = 1024;
    private static final int NOT_OURS = -1;
    // Redis' list-max-listpack-size of -2.
    private static final int LISTPACK_BYTES_MAX = 8 * 1024;
    // A listpack's own bytes, before and behind its elements (listpack.c: LP_HDR_SIZE and LP_EOF).
    private static final int LISTPACK_FRAME_BYTES = 7;

    private final ChunkRow row;
    // Up to where the first chunk's array has been written, downwards; NOT_OURS when its room is another list's to
    // fill.
    private int headWritten = NOT_OURS;
    // The same of the last chunk's, upwards.
    private int tailWritten = NOT_OURS;

    public ListValue() {
        this(new ChunkRow());
    }

    private ListValue(ChunkRow row) {
        this.row = row;
    }

    public long size() {
        return row.size();
    }

    /** Puts an element, copied, before all others. */
    public void pushFirst(Bytes element) {
        int need = ListChunk.bytesFor(element);
        if (!row.isEmpty()) {
            ListChunk head = row.first();
            boolean ours = head.from == headWritten;
            if (ours && head.from >= need) {
                ListChunk.write(head.array, head.from - need, element);
                row.first(new ListChunk(head.array, head.from - need, head.to, head.count + 1));
                headWritten -= need;
                return;
            }
            if (isCopied(head, need, ours)) {
                ListChunk copy = head.withRoom(need + roomBeside(head, need), 0);
                ListChunk.write(copy.array, copy.from - need, element);
                row.first(new ListChunk(copy.array, copy.from - need, copy.to, copy.count + 1));
                ownFirst();
                return;
            }
        }
        byte[] array = new byte[Math.max(need, row.isEmpty() ? 0 : FRESH_BYTES)];
        ListChunk.write(array, array.length - need, element);
        row.addFirst(new ListChunk(array, array.length - need, array.length, 1));
        ownFirst();
    }

    /** Puts an element, copied, behind all others. */
    public void pushLast(Bytes element) {
        int need = ListChunk.bytesFor(element);
        if (!row.isEmpty()) {
            ListChunk tail = row.last();
            boolean ours = tail.to == tailWritten;
            if (ours && tail.array.length - tail.to >= need) {
                ListChunk.write(tail.array, tail.to, element);
                row.last(new ListChunk(tail.array, tail.from, tail.to + need, tail.count + 1));
                tailWritten += need;
                return;
            }
            if (isCopied(tail, need, ours)) {
                ListChunk copy = tail.withRoom(0, need + roomBeside(tail, need));
                ListChunk.write(copy.array, copy.to, element);
                row.last(new ListChunk(copy.array, copy.from, copy.to + need, copy.count + 1));
                ownLast();
                return;
            }
        }
        byte[] array = new byte[Math.max(need, row.isEmpty() ? 0 : FRESH_BYTES)];
        ListChunk.write(array, 0, element);
        row.addLast(new ListChunk(array, 0, need, 1));
        ownLast();
    }

    /** Takes the first element away and returns it; the list must not be empty. */
    public Bytes popFirst() {
        ListChunk head = row.first();
        Bytes element = head.elementAt(head.from);
        if (head.count == 1) {
            row.removeFirst();
            headWritten = NOT_OURS;
            disownIfEmpty();
            return element;
        }
        ListChunk rest = new ListChunk(head.array, head.next(head.from), head.to, head.count - 1);
        if (rest.isSparse()) {
            row.first(rest.withRoom(0, 0));
            ownFirst();
        } else {
            row.first(rest);
        }
        return element;
    }

    /** Takes the last element away and returns it; the list must not be empty. */
    public Bytes popLast() {
        ListChunk tail = row.last();
        int start = tail.previous(tail.to);
        Bytes element = tail.elementAt(start);
        if (tail.count == 1) {
            row.removeLast();
            tailWritten = NOT_OURS;
            disownIfEmpty();
            return element;
        }
        ListChunk rest = new ListChunk(tail.array, tail.from, start, tail.count - 1);
        if (rest.isSparse()) {
            row.last(rest.withRoom(0, 0));
            ownLast();
        } else {
            row.last(rest);
        }
        return element;
    }

    /** The element at an index below the size. */
    public Bytes get(long index) {
        int at = row.chunkOf(index);
        ListChunk chunk = row.chunk(at);
        return chunk.elementAt(chunk.offsetOf((int) (index - row.start(at))));
    }

    /** Replaces the element at an index below the size. */
    public void set(long index, Bytes element) {
        int at = row.chunkOf(index);
        ListChunk chunk = row.chunk(at);
        int inside = (int) (index - row.start(at));
        int start = chunk.offsetOf(inside);
        put(at, inside, start, chunk.next(start), 1, element);
    }

    /** Puts an element before that at an index, behind all others when the index is the size. */
    public void insert(long index, Bytes element) {
        if (index == 0) {
            pushFirst(element);
        } else if (index == size()) {
            pushLast(element);
        } else {
            int at = row.chunkOf(index);
            int inside = (int) (index - row.start(at));
            int start = row.chunk(at).offsetOf(inside);
            put(at, inside, start, start, 0, element);
        }
    }

    /** Keeps the elements from an index, inclusive, to another, exclusive, within the size. */
    public void trim(long from, long to) {
        if (from >= to) {
            row.clear();
            disown();
        } else {
            byte[] headArray = row.first().array;
            byte[] tailArray = row.last().array;
            int head = row.chunkOf(from);
            int tail = row.chunkOf(to - 1);
            int cutBefore = (int) (from - row.start(head));
            int keptInTail = (int) (to - row.start(tail));
            row.keep(head, tail + 1);
            ListChunk last = row.last();
            row.last(last.part(last.from, last.offsetOf(keptInTail), keptInTail));
            ListChunk first = row.first();
            row.first(first.part(first.offsetOf(cutBefore), first.to, first.count - cutBefore));
            disownUnless(headArray, tailArray);
        }
    }

    /**
     * Removes elements equal to one; returns how many.
     *
     * @param limit how many at most
     * @param fromLast whether the last ones go first
     */
    public long removeEqual(Bytes element, long limit, boolean fromLast) {
        int chunks = row.count();
        ListChunk[] changed = new ListChunk[chunks];
        long removed = 0;
        for (int i = 0; i < chunks; i++) {
            int at = fromLast ? chunks - 1 - i : i;
            ListChunk chunk = row.chunk(at);
            int found = removed == limit ? 0 : chunk.countOf(element);
            int goes = (int) Math.min(found, limit - removed);
            changed[at] = goes == 0 ? chunk : chunk.without(element, fromLast ? found - goes : 0, goes);
            removed += goes;
        }
        if (removed > 0) {
            byte[] headArray = row.first().array;
            byte[] tailArray = row.last().array;
            row.replaceAll(changed);
            disownUnless(headArray, tailArray);
        }
        return removed;
    }

    /** Visits elements from an index, inclusive, to another, exclusive, within the size, until the visitor returns false. */
    public void forEach(long from, long to, Predicate<Bytes> visitor) {
        long left = to - from;
        if (left <= 0) {
            return;
        }
        int at = row.chunkOf(from);
        ListChunk chunk = row.chunk(at);
        int offset = chunk.offsetOf((int) (from - row.start(at)));
        while (true) {
            for (; offset < chunk.to; offset = chunk.next(offset)) {
                if (!visitor.test(chunk.elementAt(offset)) || --left == 0) {
                    return;
                }
            }
            chunk = row.chunk(++at);
            offset = chunk.from;
        }
    }

    /** The index of the first element equal to one, -1 when there is none. */
    public long indexOf(Bytes element) {
        long[] found = {-1};
        search(element, 1, 1, Long.MAX_VALUE, index -> found[0] = index);
        return found[0];
    }

    /**
     * Finds elements equal to one, nearest first.
     *
     * @param rank with which match to begin: 1 for the first, -1 for the last, then towards the head; not 0
     * @param limit how many matches at most
     * @param compared how many elements to look at, at most
     * @param found takes the index of each
     */
    public void search(Bytes element, long rank, long limit, long compared, LongConsumer found) {
        Search search = new Search(element, Math.abs(rank), limit, compared, found);
        int chunks = row.count();
        for (int i = 0; i < chunks && !search.isOver(); i++) {
            if (rank > 0) {
                search.forward(row.chunk(i), row.start(i));
            } else {
                search.backward(row.chunk(chunks - 1 - i), row.start(chunks - 1 - i));
            }
        }
    }

    @Override
    public String typeName() {
        return "list";
    }

    /** As Redis from 7.2 on: short ones are listpacks. An element takes about as much here as in one. */
    @Override
    public String encodingName() {
        return LISTPACK_FRAME_BYTES + row.bytes() <= LISTPACK_BYTES_MAX ? "listpack" : "quicklist";
    }

    @Override
    public boolean isEmpty() {
        return row.isEmpty();
    }

    @Override
    public ListValue frozen() {
        return new ListValue(row.copy());
    }

    /** Depends on the content only, not on how it came about, so that replicas agree. */
    @Override
    public long memoryBytes() {
        // The list, its row and one chunk; beyond, 64 bytes of objects and references for each full chunk.
        return 168 + row.bytes() + (row.bytes() / ListChunk.BYTES_MAX) * 64;
    }

    /**
     * <pre>
     * list = elements:varint element:bytes*
     * </pre>
     */
    @Override
    public void writeTo(ByteWriter out) {
        out.varint(size());
        forEach(0, size(), element -> {
            out.bytes(element);
            return true;
        });
    }

    static ListValue readFrom(ByteReader in) {
        ListValue list = new ListValue();
        int count = in.count();
        for (int i = 0; i < count; i++) {
            list.pushLast(in.bytes());
        }
        return list;
    }

    /** Throws when the chunks are not as they must be; for tests. */
    void check() {
        row.check();
    }

    /** How many chunks there are; for tests. */
    int chunks() {
        return row.count();
    }

    /** Puts an element in place of what stands between two offsets of a chunk: one element or none. */
    private void put(int at, int inside, int start, int end, int removed, Bytes element) {
        ListChunk chunk = row.chunk(at);
        int after = chunk.count - inside - removed;
        int need = ListChunk.bytesFor(element);
        byte[] headArray = row.first().array;
        byte[] tailArray = row.last().array;
        if (chunk.bytes() - (end - start) + need <= ListChunk.BYTES_MAX || inside + after == 0) {
            row.replace(at, chunk.spliced(start, end, removed, element));
        } else {
            ListChunk left = chunk.part(chunk.from, start, inside);
            ListChunk right = chunk.part(end, chunk.to, after);
            if (left.count > 0 && left.bytes() + need <= ListChunk.BYTES_MAX) {
                row.replace(at, left.spliced(left.to, left.to, 0, element), right);
            } else if (right.count > 0 && right.bytes() + need <= ListChunk.BYTES_MAX) {
                row.replace(at, left, right.spliced(right.from, right.from, 0, element));
            } else {
                row.replace(at, left, ListChunk.of(element), right);
            }
        }
        disownUnless(headArray, tailArray);
    }

    /** Whether a push copies an end chunk to a larger array, rather than beginning another. */
    private static boolean isCopied(ListChunk chunk, int need, boolean ours) {
        // Ours is full: it grows by halves, so that copying is paid for by the pushes since.
        return (ours || chunk.bytes() <= COPIED_BYTES_MAX) && chunk.bytes() + need <= ListChunk.BYTES_MAX;
    }

    private static int roomBeside(ListChunk chunk, int need) {
        int used = chunk.bytes() + need;
        return Math.min(ListChunk.BYTES_MAX - used, (used >> 1) + 16);
    }

    // A new array at an end: its room is ours on both sides that are ends of the list.
    private void ownFirst() {
        headWritten = row.first().from;
        if (row.count() == 1) {
            tailWritten = row.first().to;
        }
    }

    private void ownLast() {
        tailWritten = row.last().to;
        if (row.count() == 1) {
            headWritten = row.last().from;
        }
    }

    private void disownIfEmpty() {
        if (row.isEmpty()) {
            disown();
        }
    }

    // A view of the same array leaves unwritten what was; another array has room that we know nothing of.
    // Reference equality: which array it is matters, not what is in it.
    @SuppressWarnings("ReferenceEquality")
    private void disownUnless(byte[] headArray, byte[] tailArray) {
        if (row.isEmpty() || row.first().array != headArray) {
            headWritten = NOT_OURS;
        }
        if (row.isEmpty() || row.last().array != tailArray) {
            tailWritten = NOT_OURS;
        }
    }

    private void disown() {
        headWritten = NOT_OURS;
        tailWritten = NOT_OURS;
    }

    /** A search on its way through the chunks. */
    private static final class Search {
        private final Bytes element;
        private final LongConsumer found;
        private long skips;
        private long matches;
        private long compares;

        Search(Bytes element, long rank, long limit, long compared, LongConsumer found) {
            this.element = element;
            this.skips = rank - 1;
            this.matches = limit;
            this.compares = compared;
            this.found = found;
        }

        boolean isOver() {
            return matches == 0 || compares == 0;
        }

        void forward(ListChunk chunk, long start) {
            long index = start;
            for (int at = chunk.from; at < chunk.to && !isOver(); at = chunk.next(at)) {
                look(chunk, at, index++);
            }
        }

        void backward(ListChunk chunk, long start) {
            long index = start + chunk.count;
            for (int at = chunk.to; at > chunk.from && !isOver(); ) {
                at = chunk.previous(at);
                look(chunk, at, --index);
            }
        }

        private void look(ListChunk chunk, int at, long index) {
            compares--;
            if (chunk.holds(at, element)) {
                if (skips > 0) {
                    skips--;
                } else {
                    matches--;
                    found.accept(index);
                }
            }
        }
    }
}
