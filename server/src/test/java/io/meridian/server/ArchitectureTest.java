// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.conditions.ArchConditions.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What each module may import, and what only one may touch; the Maven modules cannot say all of it. */
final class ArchitectureTest {
    /** At least so many classes each: a rule that saw none would hold. */
    private static final Map<String, Integer> CLASSES_MIN = Map.of(
            "proto", 20,
            "engine", 130,
            "store", 100,
            "router", 60,
            "resp", 8,
            "rest", 12,
            "server", 50);

    private static JavaClasses all = new ClassFileImporter().importClasses();

    @BeforeAll
    static void read() {
        all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar") && !location.contains("/test-classes/"))
                .importPackages("io.meridian");
    }

    @Test
    void allModulesAreSeen() {
        CLASSES_MIN.forEach((module, least) -> assertThat(
                        all.stream().filter(seen -> seen.getPackageName().startsWith("io.meridian." + module)))
                .as(module)
                .hasSizeGreaterThanOrEqualTo(least));
    }

    @Test
    void modulesImportOnlyWhatTheyMay() {
        allows("proto");
        allows("engine");
        allows("store", "engine", "proto");
        allows("router", "engine", "proto");
        allows("resp", "engine", "router");
        allows("rest", "engine", "router");
        noClasses()
                .that()
                .resideOutsideOfPackage("io.meridian.server..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.meridian.server..")
                .check(all);
    }

    private static void allows(String module, String... imports) {
        List<String> packages = new java.util.ArrayList<>(List.of("io.meridian." + module + ".."));
        for (String each : imports) {
            packages.add("io.meridian." + each + "..");
        }
        noClasses()
                .that()
                .resideInAPackage("io.meridian." + module + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.meridian..")
                        .and(not(resideInAnyPackage(packages.toArray(String[]::new)))))
                .check(all);
    }

    @Test
    void modulesAndTheServersPackagesHaveNoCycles() {
        slices().matching("io.meridian.(*)..").should().beFreeOfCycles().check(all);
        slices().matching("io.meridian.server.(*)..").should().beFreeOfCycles().check(all);
    }

    @Test
    void theEngineIsPure() {
        classes()
                .that()
                .resideInAPackage("io.meridian.engine..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "io.meridian.engine..",
                        "java.lang..",
                        "java.util",
                        "java.util.function..",
                        "java.util.stream..",
                        "java.util.zip..",
                        "java.math..",
                        "java.nio",
                        "java.nio.charset..",
                        "java.io..",
                        "java.util.concurrent..",
                        "org.jspecify.annotations..",
                        "com.google.errorprone.annotations.."))
                .check(all);
        noClasses()
                .that()
                .resideInAPackage("io.meridian.engine..")
                .should()
                .dependOnClassesThat(named(
                        "a clock, chance, a thread or a file",
                        "java.util.Random",
                        "java.util.SplittableRandom",
                        "java.util.concurrent.ThreadLocalRandom",
                        "java.util.concurrent.Executor",
                        "java.util.concurrent.ExecutorService",
                        "java.util.UUID",
                        "java.util.Date",
                        "java.util.Calendar",
                        "java.io.File",
                        "java.lang.Thread"))
                .check(all);
        classes()
                .that()
                .resideInAPackage("io.meridian.engine..")
                .should(not(callMethodWhere(calls(
                        "the clock, chance, identity or the environment",
                        Set.of(
                                "java.lang.System.currentTimeMillis",
                                "java.lang.System.nanoTime",
                                "java.lang.System.identityHashCode",
                                "java.lang.System.getenv",
                                "java.lang.System.getProperty",
                                "java.lang.Math.random",
                                "java.util.Collections.shuffle")))))
                .check(all);
    }

    /** The order of a set of strings differs from one JVM to the next, and a hash table's with its history. */
    @Test
    void theEnginesDataHasNoOrderOfHashes() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.meridian.engine.value..", "io.meridian.engine.keyspace..", "io.meridian.engine.entry..")
                .should()
                .dependOnClassesThat(named(
                        "a collection in the order of hashes",
                        "java.util.HashMap",
                        "java.util.HashSet",
                        "java.util.IdentityHashMap",
                        "java.util.concurrent.ConcurrentHashMap"))
                .check(all);
        classes()
                .that()
                .resideInAnyPackage(
                        "io.meridian.engine.value..", "io.meridian.engine.keyspace..", "io.meridian.engine.entry..")
                .should(not(callMethodWhere(calls(
                        "collections in the order of hashes",
                        Set.of(
                                "java.util.Set.of",
                                "java.util.Map.of",
                                "java.util.Set.copyOf",
                                "java.util.Map.copyOf")))))
                .check(all);
    }

    @Test
    void oneModuleTouchesEachLibrary() {
        onlyIn("com.alipay.sofa..", "io.meridian.store..");
        onlyIn("org.rocksdb..", "io.meridian.store..");
        onlyIn("io.netty.handler.codec.http..", "io.meridian.rest..", "io.meridian.server..");
        onlyIn("com.fasterxml.jackson..", "io.meridian.rest..", "io.meridian.server..");
        onlyIn(
                "io.grpc..",
                "io.meridian.proto..",
                "io.meridian.store..",
                "io.meridian.router..",
                "io.meridian.server..");
        onlyIn("io.micrometer..", "io.meridian.server..");
        onlyIn("picocli..", "io.meridian.server");
    }

    private static void onlyIn(String library, String... homes) {
        noClasses()
                .that()
                .resideOutsideOfPackages(homes)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(all);
    }

    @Test
    void typesSayWhatTheyAre() {
        List<String> vague = List.of("Manager", "Helper", "Util", "Utils", "Impl", "Processor", "Data", "Info", "Base");
        noClasses()
                .that()
                .resideOutsideOfPackage("io.meridian.proto..")
                .should()
                .haveSimpleNameStartingWith("Abstract")
                .check(all);
        for (String word : vague) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.meridian.proto..")
                    .should()
                    .haveSimpleNameEndingWith(word)
                    .check(all);
        }
    }

    private static DescribedPredicate<JavaClass> named(String what, String... names) {
        Set<String> wanted = Set.of(names);
        return describe(what, seen -> wanted.contains(seen.getName()));
    }

    private static DescribedPredicate<JavaMethodCall> calls(String what, Set<String> methods) {
        return describe(
                what,
                call -> methods.contains(
                        call.getTargetOwner().getName() + "." + call.getTarget().getName()));
    }
}
