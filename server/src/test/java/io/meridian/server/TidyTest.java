// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** House rules of docs/STYLE.md that can be read off the files. */
final class TidyTest {
    private static final int LINES_MAX = 600;
    private static final int JAVA_FILES_MIN = 300;
    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", ".idea", ".vscode", "data");
    private static final String LICENCE = "// SPDX-License-Identifier: Apache-2.0";
    // The marks that this test looks for, not marks of its own.
    private static final Pattern MARK = Pattern.compile("\\b(FIXME|XXX)\\b|\\bTODO\\b(?! \\(#[0-9]+\\))");
    private static final Pattern ADR = Pattern.compile("([0-9]{4})-[a-z0-9-]+\\.md");

    private static final Path ROOT = root();
    private static final List<Path> FILES = new ArrayList<>();

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("bin/meridian"))) {
            path = java.util.Objects.requireNonNull(path.getParent(), "not in a source tree");
        }
        return path;
    }

    @BeforeAll
    static void list() throws IOException {
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(String.valueOf(folder.getFileName())) && !folder.equals(ROOT)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                FILES.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static List<Path> ending(String end) {
        return FILES.stream().filter(file -> file.toString().endsWith(end)).toList();
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readString(file).lines().toList();
    }

    @Test
    void sourcesAreSeen() {
        assertThat(ending(".java")).hasSizeGreaterThan(JAVA_FILES_MIN);
        assertThat(ending(".md")).hasSizeGreaterThan(5);
    }

    @Test
    void sourcesBeginWithTheLicenceAndAreNotLong() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : ending(".java")) {
            List<String> lines = lines(file);
            if (lines.isEmpty() || !lines.getFirst().equals(LICENCE)) {
                wrong.add(file + " does not begin with " + LICENCE);
            }
            if (lines.size() > LINES_MAX) {
                wrong.add(file + " has " + lines.size() + " lines: what are the two things in it?");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void sourcesHaveNoTabsAndNoMarksOfUnfinishedWork() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : ending(".java")) {
            if (file.endsWith("TidyTest.java")) {
                continue; // it names what it looks for
            }
            List<String> lines = lines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).indexOf('\t') >= 0
                        || MARK.matcher(lines.get(i)).find()) {
                    wrong.add(file + ":" + (i + 1) + " " + lines.get(i).strip());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsForAndThatNothingIsNull() throws IOException {
        Set<Path> folders = new TreeSet<>();
        for (Path file : ending(".java")) {
            String name = file.toString();
            if (!name.contains("/src/main/java/") || name.contains("/bench/src/main/java/io/meridian/resp/")) {
                continue; // tests and benchmarks may add to a package that has its own
            }
            folders.add(java.util.Objects.requireNonNull(file.getParent()));
        }
        List<String> wrong = new ArrayList<>();
        for (Path folder : folders) {
            Path info = folder.resolve("package-info.java");
            if (!Files.exists(info) || !Files.readString(info).contains("@NullMarked")) {
                wrong.add(folder + " has no package-info.java with @NullMarked");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aPageHasOneTitle() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : ending(".md")) {
            boolean isCode = false;
            int titles = 0;
            for (String line : lines(file)) {
                isCode ^= line.strip().startsWith("```");
                titles += !isCode && line.startsWith("# ") ? 1 : 0;
            }
            if (titles != 1) {
                wrong.add(file + " has " + titles + " titles");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void decisionsAreNumberedWithoutGaps() {
        List<String> numbers = new ArrayList<>();
        for (Path file : FILES) {
            if (file.startsWith(ROOT.resolve("docs/adr"))) {
                Matcher name = ADR.matcher(String.valueOf(file.getFileName()));
                assertThat(name.matches()).as("%s is NNNN-title.md", file).isTrue();
                numbers.add(name.group(1));
            }
        }
        numbers.sort(null);
        for (int i = 0; i < numbers.size(); i++) {
            assertThat(numbers.get(i)).isEqualTo("%04d".formatted(i + 1));
        }
    }
}
