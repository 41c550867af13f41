// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.ByteReader;
import io.meridian.engine.Bytes;
import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.CorruptEntryException;
import io.meridian.engine.entry.EntryReader;
import io.meridian.engine.entry.ReplyCodec;
import io.meridian.engine.entry.Section;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies one entry, section by section, so that readers get in between.
 *
 * <p>Every {@link #applyNext} needs the group's exclusive lock; the lock may be released in between, but no other entry may
 * be applied and no snapshot begun before this one is at its end.
 */
public final class EntryCursor {
    private static final Reply.Failure LOST =
            new Reply.Failure("UNKNOWN applied before, but its reply is not kept any more");
    private static final Reply[] JUST_OK = {Reply.OK};
    private static final Reply[] NONE = {};

    private final GroupState state;
    private final long index;
    private final long epochMillis;
    private final long seed;
    private final List<Section> sections;
    private final ReplyBudget written = ReplyBudget.ofEntry();
    private int next;
    private long items;
    private boolean isFull;

    EntryCursor(GroupState state, long index, long epochMillis, EntryReader entry) {
        this.state = state;
        this.index = index;
        this.epochMillis = epochMillis;
        this.seed = entry.seed();
        this.sections = entry.sections();
    }

    public long index() {
        return index;
    }

    /** The time that the entry is applied at. */
    public long epochMillis() {
        return epochMillis;
    }

    public boolean hasNext() {
        return next < sections.size();
    }

    /** The section that comes next: to find who waits for it. */
    public Section peek() {
        return sections.get(next);
    }

    /**
     * Applies the next section; after the last one the group's applied index is the entry's.
     *
     * <p>Writes answer one reply an item. With riders, the bundle that the section was made of, its reads run at their
     * places and the replies are one for each of its items. A bundle that was applied before answers what it did then,
     * but its reads run anew. An Expire answers how many keys it removed, a Genesis OK, a Full
     * nothing.
     *
     * <p>Throws CorruptBytesException (CorruptEntryException) for what must not be in the log; that, and any other exception, leaves the state
     * between two commands, and nothing may be applied to it any more.
     */
    public Reply[] applyNext(@Nullable Bundle riders) {
        Section section = sections.get(next);
        if (next == 0) {
            state.begin(epochMillis);
        }
        Reply[] replies =
                switch (section) {
                    case Section.Genesis genesis -> {
                        state.genesis(genesis.seed(), genesis.incarnation());
                        yield JUST_OK;
                    }
                    case Section.Full _ -> {
                        isFull = true;
                        yield NONE;
                    }
                    case Section.Expire expire ->
                        new Reply[] {Reply.Int.of(state.keys().expireUpTo(epochMillis, expire.limit()))};
                    case Section.Writes writes -> writes(writes, riders);
                };
        next++;
        if (next == sections.size()) {
            state.end(index);
        }
        return replies;
    }

    private Reply[] writes(Section.Writes section, @Nullable Bundle riders) {
        if (!state.isBegun()) {
            throw new CorruptEntryException("writes before the group's genesis");
        }
        if (riders != null && riders.writes() != section.items()) {
            throw new IllegalArgumentException("riders of another bundle");
        }
        RecentReplies recent = state.recentReplies();
        byte[] known = recent.find(section.origin(), section.sequence());
        recent.heard(section.origin(), section.ackedBelow());
        if (known != null) {
            return repeated(section, known, riders);
        }
        ByteReader in = new ByteReader(section.bytes());
        Reply[] replies = new Reply[riders == null ? section.items() : riders.size()];
        ReplyBudget budget = new ReplyBudget();
        for (int i = 0; i < replies.length; i++) {
            Bundle.Item item = riders == null ? null : riders.items().get(i);
            Query query = item == null ? null : item.query();
            if (item != null && query != null) {
                replies[i] = budget.read(query, state.view(item.database(), item.number(), epochMillis, seed));
            } else {
                replies[i] =
                        written.written(state.items().apply(in, new Moment(index, epochMillis, itemSeed()), isFull));
            }
        }
        if (in.remaining() > 0) {
            throw new CorruptEntryException("more items than " + section.items());
        }
        recent.keep(section.origin(), section.sequence(), state.items().encoded(replies, riders));
        return replies;
    }

    private Reply[] repeated(Section.Writes section, byte[] known, @Nullable Bundle riders) {
        ByteReader in = new ByteReader(Bytes.of(known));
        Reply[] replies = new Reply[riders == null ? section.items() : riders.size()];
        ReplyBudget budget = new ReplyBudget();
        for (int i = 0; i < replies.length; i++) {
            Bundle.Item item = riders == null ? null : riders.items().get(i);
            Query query = item == null ? null : item.query();
            if (item != null && query != null) {
                replies[i] = budget.read(query, state.view(item.database(), item.number(), epochMillis, seed));
            } else {
                replies[i] = known.length == 0 ? LOST : ReplyCodec.read(in);
            }
        }
        if (in.remaining() > 0) {
            throw new CorruptEntryException("a bundle comes again with other items");
        }
        return replies;
    }

    private long itemSeed() {
        items++;
        return Moment.mix(seed + items * 0x9E3779B97F4A7C15L);
    }
}
