// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A small file that a replica depends on, as whose a directory is: lines of {@code name=value} and a checksum, replaced as a
 * whole and fsynced.
 */
final class IdentityFile {
    /** Of the directories' layout; a directory of another one is refused. */
    static final int FORMAT = 2;

    private static final String FORMAT_START = "format=";
    private static final String CHECKSUM = "crc32c=";

    private final Path directory;
    private final Path path;

    IdentityFile(Path directory, String name) {
        this.directory = directory;
        this.path = directory.resolve(name);
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** The values; refuses a format that this version does not know, and content that is not wholly as it was written. */
    Map<String, String> read() throws StoreException {
        String text;
        try {
            text = Files.readString(path);
        } catch (IOException unreadable) {
            throw new StoreException(path + " cannot be read: " + unreadable, unreadable);
        }
        requireFormat(text);
        int end = text.lastIndexOf(CHECKSUM);
        if (end < 0 || !text.substring(end).equals(checksumLine(text.substring(0, end)))) {
            throw new StoreException(path + " is damaged: its checksum is not that of its content");
        }
        Map<String, String> values = new LinkedHashMap<>();
        text.substring(0, end).lines().skip(1).forEach(line -> {
            int equals = line.indexOf('=');
            values.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return values;
    }

    private void requireFormat(String text) throws StoreException {
        String first = text.lines().findFirst().orElse("");
        int format;
        try {
            format = Integer.parseInt(first.startsWith(FORMAT_START) ? first.substring(FORMAT_START.length()) : "");
        } catch (NumberFormatException noNumber) {
            throw new StoreException(path + " is damaged: it does not say its format", noNumber);
        }
        if (format != FORMAT) {
            throw new StoreException(path + " has format " + format + ", this version knows " + FORMAT
                    + ": was the directory written by a newer or an older version?");
        }
    }

    private static String checksumLine(String content) {
        CRC32C sum = new CRC32C();
        sum.update(content.getBytes(StandardCharsets.UTF_8));
        return CHECKSUM + HexFormat.of().toHexDigits((int) sum.getValue()) + "\n";
    }

    /** One value, as a number; refuses a file that has none. */
    long readNumber(String name) throws StoreException {
        String value = read().getOrDefault(name, "");
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException damaged) {
            throw new StoreException(path + " is damaged: " + name + " is '" + value + "'", damaged);
        }
    }

    /** Refuses the directory when a value is there and is another. */
    void require(Map<String, String> values, String name, String expected) throws StoreException {
        String found = values.get(name);
        if (!expected.equals(found)) {
            throw new StoreException(directory + " belongs to " + name + " '" + found + "', not to '" + expected
                    + "': is it the directory of another?");
        }
    }

    void write(Map<String, String> values) throws IOException {
        StringBuilder text = new StringBuilder(FORMAT_START + FORMAT + "\n");
        values.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        text.append(checksumLine(text.toString()));
        Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        try (FileChannel file = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(directory);
    }

    /** Makes the names in a directory durable. */
    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
