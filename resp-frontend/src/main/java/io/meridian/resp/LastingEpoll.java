// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Epoll for event loops whose channels half-close: a channel that waits for nothing stays known to epoll.
 *
 * <p>Netty 4.2.17 takes such a channel out of epoll (EpollIoHandler, submit) and then only modifies what is not there: after a
 * client's FIN, with reading off and nothing to write, the next write that does not fit the socket fails and the output is
 * shut down. So it asks for errors instead, which are reported whether asked for or not (epoll_ctl(2)). They go on being reported
 * as long as they last, and such a channel would do nothing about them before it is written to: it is closed.
 */
public final class LastingEpoll implements IoHandlerFactory {
    private static final Logger LOG = LoggerFactory.getLogger(LastingEpoll.class);

    private final IoHandlerFactory epoll = EpollIoHandler.newFactory();

    @Override
    public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new Handler(epoll.newHandler(executor));
    }

    @Override
    public boolean isChangingThreadSupported() {
        return epoll.isChangingThreadSupported();
    }

    private record Handler(IoHandler epoll) implements IoHandler {
        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return epoll.run(context);
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            LastingHandle lasting = new LastingHandle((EpollIoHandle) handle);
            return new Registration(epoll.register(lasting), lasting);
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return epoll.isCompatible(handleType);
        }
    }

    /** A channel's handle, closed when the channel fails while it waits for nothing. For the event loop's thread. */
    private static final class LastingHandle implements EpollIoHandle {
        // Netty has no name for EPOLLHUP (epoll_ctl(2)).
        private static final int FAILED = EpollIoOps.EPOLLERR.value() | 0x10;

        private final EpollIoHandle handle;
        private boolean waitsForNothing;

        LastingHandle(EpollIoHandle handle) {
            this.handle = handle;
        }

        @Override
        public FileDescriptor fd() {
            return handle.fd();
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (waitsForNothing
                    && event instanceof EpollIoEvent happened
                    && (happened.ops().value() & FAILED) != 0) {
                close();
            } else {
                handle.handle(registration, event);
            }
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            handle.unregistered();
        }

        @Override
        public void close() {
            try {
                handle.close();
            } catch (Exception failed) {
                LOG.error("a connection could not be closed", failed);
            }
        }
    }

    private record Registration(IoRegistration epoll, LastingHandle handle) implements IoRegistration {
        // The interface is Netty's.
        @SuppressWarnings("TypeParameterUnusedInFormals")
        @Override
        public <T> T attachment() {
            return epoll.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            handle.waitsForNothing = EpollIoOps.NONE.equals(ops);
            return epoll.submit(handle.waitsForNothing ? EpollIoOps.EPOLLERR : ops);
        }

        @Override
        public boolean isValid() {
            return epoll.isValid();
        }

        @Override
        public boolean cancel() {
            return epoll.cancel();
        }
    }
}
