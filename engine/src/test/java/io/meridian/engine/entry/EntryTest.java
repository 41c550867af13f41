// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import io.meridian.engine.ByteReader;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.testing.Golden;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of entries: what they hold, what they were in earlier versions, and that damage is seen. */
class EntryTest {
    private final EntryWriter writer = new EntryWriter();

    @Test
    void anEntryComesBackAsItWasWritten() {
        EntryReader entry = EntryReader.open(written());

        assertThat(entry.epochMillis()).isEqualTo(1_700_000_000_123L);
        assertThat(entry.seed()).isEqualTo(-2);
        assertThat(entry.sections()).hasSize(4);
        assertThat(entry.sections().get(0)).isEqualTo(new Section.Genesis(Long.MIN_VALUE, 7));
        Section.Writes writes = (Section.Writes) entry.sections().get(1);
        assertThat(writes.origin()).isEqualTo(-5);
        assertThat(writes.sequence()).isEqualTo(300);
        assertThat(writes.ackedBelow()).isEqualTo(299);
        assertThat(writes.items()).isEqualTo(2);
        assertItems(new ByteReader(writes.bytes()));
        assertThat(entry.sections().get(2)).isEqualTo(new Section.Expire(1000));
        assertThat(((Section.Writes) entry.sections().get(3)).sequence()).isEqualTo(1);
    }

    private static void assertItems(ByteReader in) {
        assertThat(in.u8()).isEqualTo(CommandCodec.COMMAND);
        assertThat(in.varint()).isEqualTo(200);
        assertThat(in.u8()).isEqualTo(3);
        Args args = new Args();
        CommandCodec.readArgs(in, args);
        assertThat(args).hasToString("SET key value");
        assertThat(in.u8()).isEqualTo(CommandCodec.TRANSACTION);
        assertThat(in.varint()).isEqualTo(1);
        Transaction transaction = CommandCodec.readTransaction(in);
        assertThat(transaction.watches()).containsExactly(new Transaction.Watch(2, Bytes.of("watched"), 1L << 40));
        assertThat(transaction.commands().getFirst().args()).hasToString("INCR n");
        assertThat(in.remaining()).isZero();
    }

    @Test
    void theBytesAreThoseOfEarlierVersions() {
        Golden.assertSame("entry-1", written());
    }

    @Test
    void everyCutAndEveryFlippedBitIsSeen() {
        byte[] entry = written().toArray();

        for (int cut = 0; cut < entry.length; cut++) {
            Bytes part = Bytes.of(Arrays.copyOf(entry, cut));
            assertThatThrownBy(() -> EntryReader.open(part)).isInstanceOf(CorruptEntryException.class);
        }
        for (int bit = 0; bit < entry.length * 8; bit++) {
            byte[] flipped = entry.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> EntryReader.open(Bytes.of(flipped))).isInstanceOf(CorruptEntryException.class);
        }
    }

    @Test
    void aNewerFormatIsNamed() {
        byte[] entry = written().toArray();
        entry[0] = 2;

        assertThatThrownBy(() -> EntryReader.open(Bytes.of(entry)))
                .isInstanceOf(CorruptEntryException.class)
                .hasMessage("an entry of format 2; known is 1");
    }

    /** Damage that a right checksum covers: what a defect of ours would write. */
    @Test
    void sectionsThatCannotBeAreRefused() {
        assertRefused("no section is of kind 9", 9);
        assertRefused("ends", EntryWriter.GENESIS, 0);
        assertRefused("a bundle numbered 0", EntryWriter.WRITES, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
        assertRefused("a bundle numbered 1 by 0", EntryWriter.WRITES, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
        assertRefused("2 items in 1 bytes", EntryWriter.WRITES, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 1, 0);
        assertRefused("with 0 bytes left", EntryWriter.WRITES, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 5);
        assertRefused("without sections");
    }

    private void assertRefused(String why, int... section) {
        int head = EntryWriter.BODY_AT + 16;
        byte[] entry = Arrays.copyOf(written().toArray(), head + section.length);
        for (int i = 0; i < section.length; i++) {
            entry[head + i] = (byte) section[i];
        }
        int crc = EntryWriter.checksum(entry, 0, entry.length);
        for (int i = 0; i < 4; i++) {
            entry[EntryWriter.CRC_AT + i] = (byte) (crc >>> (24 - 8 * i));
        }
        assertThatThrownBy(() -> EntryReader.open(Bytes.of(entry)))
                .isInstanceOf(CorruptEntryException.class)
                .hasMessageContaining(why);
    }

    @Test
    void anEntryNeedsASection() {
        writer.begin(1, 1);

        assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFinishedEntryStaysWhileTheNextIsWritten() {
        Bytes first = written();
        byte[] content = first.toArray();
        writer.begin(9, 9);
        writer.addExpire(1);
        Bytes second = writer.finish();

        assertThat(first.toArray()).isEqualTo(content);
        assertThat(EntryReader.open(second).sections()).containsExactly(new Section.Expire(1));
    }

    @Test
    void aFullMemoryIsASectionOfItsOwn() {
        writer.begin(9, 9);
        writer.addFull();

        assertThat(EntryReader.open(writer.finish()).sections()).containsExactly(new Section.Full());
    }

    /** One of everything. */
    private Bytes written() {
        Bundle bundle = new Bundle(-5, 300);
        bundle.ackedBelow(299);
        bundle.write(200, 3, Args.of("SET", "key", "value"));
        bundle.read(200, 3, _ -> Reply.NIL);
        bundle.transaction(
                1,
                new Transaction(
                        List.of(new Transaction.Watch(2, Bytes.of("watched"), 1L << 40)),
                        List.of(new Transaction.Queued(2, Args.of("INCR", "n")))));
        Bundle other = new Bundle(6, 1);
        other.write(0, 0, Args.of("DEL", ""));
        writer.begin(1_700_000_000_123L, -2);
        writer.addGenesis(Long.MIN_VALUE, 7);
        writer.add(bundle);
        writer.addExpire(1000);
        writer.add(other);
        assertThat(writer.sections()).isEqualTo(4);
        assertThat(writer.commands()).isEqualTo(3);
        Bytes entry = writer.finish();
        assertThat(writer.length()).isEqualTo(entry.length());
        return entry;
    }
}
