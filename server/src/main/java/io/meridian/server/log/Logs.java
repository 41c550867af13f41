// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.meridian.server.config.LogFormat;
import io.meridian.server.config.LogLevel;
import io.meridian.server.config.LoggingSettings;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets up the one log of the process, on standard error: standard output belongs to the commands. */
public final class Logs {
    // Libraries that tell at INFO what matters only to their authors.
    private static final List<String> CHATTY = List.of("com.alipay.sofa", "io.grpc", "io.netty", "org.rocksdb");
    // What these tell at length our own transport tells in one line; and that there is no snapshot yet is no news.
    private static final List<String> REPEATING = List.of(
            "com.alipay.sofa.jraft.rpc.impl.AbstractClientService",
            "com.alipay.sofa.jraft.core.Replicator",
            "com.alipay.sofa.jraft.core.ReplicatorGroupImpl",
            "com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage");
    private static final String TEXT = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level [%thread] %logger{30} - %msg%n";

    private Logs() {}

    /** From now on, logs what the settings say, in the name of the node. */
    public static void configure(LoggingSettings settings, String node) {
        configure((LoggerContext) LoggerFactory.getILoggerFactory(), settings, node);
    }

    static void configure(LoggerContext context, LoggingSettings settings, String node) {
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("console");
        console.setTarget("System.err");
        console.setEncoder(encoder(context, settings.format(), node));
        console.start();
        levels(context, settings.level(), console);
    }

    /** From now on, logs warnings as text to a file, and nothing elsewhere. */
    public static void toFile(Path path) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        FileAppender<ILoggingEvent> file = new FileAppender<>();
        file.setContext(context);
        file.setName("file");
        file.setFile(path.toString());
        file.setEncoder(encoder(context, LogFormat.TEXT, ""));
        file.start();
        levels(context, LogLevel.WARN, file);
    }

    private static void levels(LoggerContext context, LogLevel level, Appender<ILoggingEvent> appender) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level(level));
        root.addAppender(appender);
        for (String library : CHATTY) {
            context.getLogger(library).setLevel(quieter(level));
        }
        if (level.compareTo(LogLevel.DEBUG) < 0) {
            ExpectedLines expected = new ExpectedLines();
            expected.start();
            appender.addFilter(expected);
            for (String logger : REPEATING) {
                context.getLogger(logger).setLevel(Level.OFF);
            }
        }
        // gRPC logs to java.util.logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format, String node) {
        return switch (format) {
            case TEXT -> {
                PatternLayoutEncoder text = new PatternLayoutEncoder();
                text.setContext(context);
                text.setPattern(TEXT);
                text.start();
                yield text;
            }
            case JSON -> {
                JsonLines lines = new JsonLines(node);
                lines.setContext(context);
                lines.start();
                yield lines;
            }
        };
    }

    private static Level level(LogLevel level) {
        return Level.toLevel(level.name());
    }

    private static Level quieter(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN, INFO -> Level.WARN;
            case DEBUG -> Level.INFO;
            case TRACE -> Level.DEBUG;
        };
    }
}
