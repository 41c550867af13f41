// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** A small file that says whose a directory is: lines of {@code name=value}, replaced as a whole and fsynced. */
final class IdentityFile {
    /** Of the directories' layout; a directory of a higher one is refused. */
    static final int FORMAT = 1;

    private static final String FORMAT_NAME = "format";

    private final Path directory;
    private final Path path;

    IdentityFile(Path directory, String name) {
        this.directory = directory;
        this.path = directory.resolve(name);
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** The values; refuses a format that this version does not know. */
    Map<String, String> read() throws StoreException {
        Map<String, String> values = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    values.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
        } catch (IOException | UncheckedIOException unreadable) {
            throw new StoreException(path + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
        int format = formatOf(values);
        if (format != FORMAT) {
            throw new StoreException(path + " has format " + format + ", this version knows " + FORMAT
                    + ": was the directory written by a newer version?");
        }
        return values;
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

    private int formatOf(Map<String, String> values) throws StoreException {
        try {
            return Integer.parseInt(values.getOrDefault(FORMAT_NAME, ""));
        } catch (NumberFormatException noNumber) {
            throw new StoreException(path + " is damaged: it does not say its format", noNumber);
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
        StringBuilder text = new StringBuilder(FORMAT_NAME + "=" + FORMAT + "\n");
        values.forEach((name, value) -> {
            if (!name.equals(FORMAT_NAME)) {
                text.append(name).append('=').append(value).append('\n');
            }
        });
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
