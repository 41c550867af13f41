// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns a file and the environment into a {@link NodeConfig}, or says everything that is wrong with them. */
public final class ConfigLoader {
    private static final long FILE_BYTES_MAX = 1 << 20;

    /** A configuration that can be used, and what is doubtful in it. */
    public record Loaded(NodeConfig config, List<Problem> warnings) {}

    private ConfigLoader() {}

    /** Reads the file; a problem in it is told with the file's name as given here. */
    public static Loaded load(Path file, Map<String, String> environment) throws ConfigException {
        Path folder = file.toAbsolutePath().getParent();
        return parse(file.toString(), text(file), folder == null ? Path.of("") : folder, environment);
    }

    /**
     * As {@link #load}, from text.
     *
     * @param name stands for the file in problems
     * @param folder where relative paths of token files count from
     */
    public static Loaded parse(String name, String yaml, Path folder, Map<String, String> environment)
            throws ConfigException {
        Values values = new Values();
        List<Problem> problems = new ArrayList<>();
        YamlReader.read(name, yaml, values, problems);
        Environment.read(environment, values, problems);
        refuse(problems);
        NodeConfigBuilder builder = new NodeConfigBuilder(values, folder, problems);
        builder.findMissing();
        refuse(problems);
        List<Problem> warnings = new ArrayList<>();
        builder.findContradictions(warnings);
        refuse(problems);
        NodeConfig config = builder.build();
        refuse(problems);
        return new Loaded(config, List.copyOf(warnings));
    }

    private static void refuse(List<Problem> problems) throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private static String text(Path file) throws ConfigException {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw unreadable(file, "it is larger than " + FILE_BYTES_MAX + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (NoSuchFileException _) {
            throw unreadable(file, "there is no such file");
        } catch (CharacterCodingException _) {
            throw unreadable(file, "it is not UTF-8");
        } catch (IOException e) {
            throw unreadable(file, e.toString());
        }
    }

    private static ConfigException unreadable(Path file, String why) {
        return new ConfigException(List.of(new Problem(file.toString(), "cannot be read: " + why)));
    }
}
