// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one range of tags, sorted by tag: open addressing where a larger tag never has a smaller home (ordered linear
 * probing: Amble and Knuth, "Ordered hash tables"; with homes in order the whole array is).
 *
 * <p>So walking in hash order is walking the array, and splitting is cutting it.
 */
final class Segment {
    /** A segment with more slots splits: at this size one is rebuilt in a few microseconds. */
    static final int COUNT_MAX = 448;

    private static final int HOMES_MIN = 8;
    // Unsigned it is above every tag, so that probing stops at a free slot without looking at it.
    private static final int FREE = -1;

    /** How many leading bits all tags of this segment share. */
    final int depth;

    private int count;
    private int homes;
    private int[] tags;
    private @Nullable Object[] slots;

    /** An empty segment with room for so many. */
    Segment(int depth, int room) {
        this.depth = depth;
        this.homes = homesFor(room);
        int length = homes + slack(homes);
        this.tags = new int[length];
        this.slots = new @Nullable Object[length];
        Arrays.fill(tags, FREE);
    }

    int count() {
        return count;
    }

    /** How long the arrays are: places go from 0 to here. */
    int places() {
        return tags.length;
    }

    int tagAt(int place) {
        return tags[place];
    }

    @Nullable
    Object slotAt(int place) {
        return slots[place];
    }

    /** Where the slot of a key is, or -1. */
    int find(int tag, Bytes key) {
        int place = home(tag);
        while (place < tags.length && Integer.compareUnsigned(tags[place], tag) < 0) {
            place++;
        }
        while (place < tags.length && tags[place] == tag) {
            Object slot = slots[place];
            if (slot == null) {
                return -1;
            }
            if (Slot.hasKey(slot, key)) {
                return place;
            }
            place++;
        }
        return -1;
    }

    /** The first place with a slot whose tag is not below this one; the number of places when there is none. */
    int placeFrom(int tag) {
        int place = home(tag);
        while (place < tags.length && (slots[place] == null || Integer.compareUnsigned(tags[place], tag) < 0)) {
            place++;
        }
        return place;
    }

    Object replaceAt(int place, Object slot) {
        Object old = java.util.Objects.requireNonNull(slots[place]);
        slots[place] = slot;
        return old;
    }

    boolean isFull() {
        return count >= COUNT_MAX;
    }

    /** Adds a slot whose key is not there yet. Beyond COUNT_MAX it still grows: where splitting cannot help. */
    void add(int tag, Object slot) {
        // At most 7/8 full: beyond, runs get long.
        if (count >= homes - (homes >> 3)) {
            resize(homes < 256 ? homes * 2 : homes + (homes >> 2));
        }
        while (!place(tag, slot)) {
            extend();
        }
        count++;
    }

    void removeAt(int place) {
        int end = place + 1;
        // What follows moves back by one, up to a free place or a slot that is at its home.
        while (end < tags.length && slots[end] != null && home(tags[end]) < end) {
            end++;
        }
        System.arraycopy(tags, place + 1, tags, place, end - place - 1);
        System.arraycopy(slots, place + 1, slots, place, end - place - 1);
        tags[end - 1] = FREE;
        slots[end - 1] = null;
        count--;
        if (homes > HOMES_MIN && count < homes >> 2) {
            resize(homesFor(count));
        }
    }

    /** The two halves of this segment's range; this one is not to be used any more. */
    Segment[] split() {
        int bit = 1 << (31 - depth);
        int upper = 0;
        for (int place = 0; place < tags.length; place++) {
            if (slots[place] != null && (tags[place] & bit) != 0) {
                upper++;
            }
        }
        Segment[] halves = {new Segment(depth + 1, count - upper), new Segment(depth + 1, upper)};
        for (int place = 0; place < tags.length; place++) {
            Object slot = slots[place];
            if (slot != null) {
                halves[(tags[place] & bit) == 0 ? 0 : 1].add(tags[place], slot);
            }
        }
        return halves;
    }

    /** The segment that the lower and the upper half of a range were split from. */
    static Segment joined(Segment lower, Segment upper) {
        Segment whole = new Segment(lower.depth - 1, lower.count + upper.count);
        whole.addAll(lower.tags, lower.slots);
        whole.addAll(upper.tags, upper.slots);
        return whole;
    }

    /** Throws when the order, the count or a run is broken; for tests. */
    void check() {
        int seen = 0;
        for (int place = 0; place < tags.length; place++) {
            if (slots[place] == null) {
                require(tags[place] == FREE, "a tag without slot", place);
                continue;
            }
            seen++;
            int home = home(tags[place]);
            require(home <= place, "before its home", place);
            if (home < place) {
                require(slots[place - 1] != null, "a hole before it", place);
                require(Integer.compareUnsigned(tags[place - 1], tags[place]) <= 0, "out of order", place);
            }
        }
        require(seen == count, "the count is " + count + ", not", seen);
    }

    private static void require(boolean holds, String what, int place) {
        if (!holds) {
            throw new IllegalStateException(what + ": " + place);
        }
    }

    private boolean place(int tag, Object slot) {
        int place = home(tag);
        while (place < tags.length && slots[place] != null && Integer.compareUnsigned(tags[place], tag) <= 0) {
            place++;
        }
        int free = place;
        while (free < tags.length && slots[free] != null) {
            free++;
        }
        if (free == tags.length) {
            return false;
        }
        System.arraycopy(tags, place, tags, place + 1, free - place);
        System.arraycopy(slots, place, slots, place + 1, free - place);
        tags[place] = tag;
        slots[place] = slot;
        return true;
    }

    /** More places behind the last home, for a run that goes on there. */
    private void extend() {
        int length = tags.length;
        tags = Arrays.copyOf(tags, length + slack(length));
        slots = Arrays.copyOf(slots, tags.length);
        Arrays.fill(tags, length, tags.length, FREE);
    }

    private void resize(int newHomes) {
        int[] oldTags = tags;
        @Nullable Object[] oldSlots = slots;
        homes = Math.max(HOMES_MIN, newHomes);
        int length = homes + slack(homes);
        tags = new int[length];
        slots = new @Nullable Object[length];
        Arrays.fill(tags, FREE);
        count = 0;
        addAll(oldTags, oldSlots);
    }

    private void addAll(int[] fromTags, @Nullable Object[] fromSlots) {
        for (int place = 0; place < fromTags.length; place++) {
            Object slot = fromSlots[place];
            if (slot != null) {
                add(fromTags[place], slot);
            }
        }
    }

    /** Where a tag's slot would be if it were alone: the bits below the shared ones, scaled to the number of homes. */
    private int home(int tag) {
        return (int) ((((tag << depth) & 0xFFFFFFFFL) * homes) >>> 32);
    }

    private static int homesFor(int room) {
        return Math.max(HOMES_MIN, room + (room >> 1));
    }

    /** Places behind the last home, for the run that ends there. */
    private static int slack(int homes) {
        return 4 + (homes >> 5);
    }
}
