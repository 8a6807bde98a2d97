package dev.lockstep.distributor.collective;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a rank's listener takes the other ranks in, while anybody may connect. One thread serves
 * all who have come and have proven nothing yet, none of whom it waits for; there are so many at
 * most, for so long at most, and beyond that the one that has said nothing for longest has to go.
 */
final class Reception implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

  /** Ranks need milliseconds here, so no crowd of them comes near it. */
  private static final int GUESTS = 256;

  /** So many are taken before those who have come are heard again. */
  private static final int AT_ONCE = 64;

  private static final long SWEEP_MILLIS = 100;
  private static final long JOIN_MILLIS = 1000;

  /** Further refusals are only counted: a flood must not fill the log. */
  private static final int LOGGED = 10;

  private final ServerSocketChannel listener;
  private final Handshake handshake;
  private final int self;
  private final Handshake.Door door;
  private final Consumer<Handshake.Connection> arrived;
  private final long limitNanos;
  private final Selector selector;
  private final Deque<Guest> guests = new ArrayDeque<>();
  private final Thread thread;
  private int refused;
  private volatile boolean closing;

  /** Somebody who has connected and proven nothing yet. */
  private record Guest(
      SocketChannel channel, SocketAddress address, Handshake.Greeting greeting, long untilNanos) {}

  /**
   * Opens it.
   *
   * @param listener a bound one, which is closed with the reception
   * @param door what is let in
   * @param arrived gets each connection that has been proven; called from the reception's thread
   * @param limit how long a guest may take
   */
  Reception(
      ServerSocketChannel listener,
      Handshake handshake,
      int self,
      Handshake.Door door,
      Consumer<Handshake.Connection> arrived,
      Duration limit)
      throws IOException {
    this.listener = listener;
    this.handshake = handshake;
    this.self = self;
    this.door = door;
    this.arrived = arrived;
    this.limitNanos = limit.toNanos();
    this.selector = Selector.open();
    listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
    this.thread = new Thread(this::run, "lockstep-accept-" + self);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (!closing) {
        selector.select(SWEEP_MILLIS);
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.attachment() instanceof Guest guest) {
            hear(guest);
          } else {
            accept();
          }
        }
        selector.selectedKeys().clear();
        sweep();
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("rank {} cannot listen any longer: {}", self, e.getMessage());
    } finally {
      end();
    }
  }

  private void accept() throws IOException {
    for (int taken = 0; taken < AT_ONCE; taken++) {
      SocketChannel channel = next();
      if (channel == null) {
        return;
      }
      if (guests.size() >= GUESTS) {
        Guest oldest =
            guests.stream().filter(g -> g.greeting().isSilent()).findFirst().orElse(guests.peek());
        refuse(oldest, "too many have connected, and it has said nothing for longest");
      }
      try {
        Guest guest =
            new Guest(
                channel,
                channel.getRemoteAddress(),
                handshake.greeting(channel, self, door),
                System.nanoTime() + limitNanos);
        channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, guest);
        guests.add(guest);
      } catch (ClosedChannelException e) {
        LOG.debug("a connection was closed at once", e);
      }
    }
  }

  /** The next connection that waits; null if none does, or if the machine has no room for it. */
  private SocketChannel next() throws IOException {
    try {
      return listener.accept();
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      if (guests.isEmpty()) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS));
      } else {
        refuse(guests.peek(), "another connection could not be taken: " + e.getMessage());
      }
      return null;
    }
  }

  private void hear(Guest guest) {
    if (!guest.channel().isOpen()) {
      return; // It had to go since it was heard of.
    }
    try {
      Optional<Handshake.Connection> proven = guest.greeting().advance();
      if (proven.isPresent()) {
        guests.remove(guest);
        guest.channel().keyFor(selector).cancel();
        arrived.accept(proven.get());
      }
    } catch (IOException | RuntimeException e) {
      refuse(guest, String.valueOf(e.getMessage()));
    }
  }

  /** Guests stand in the order in which they came, so the first has the least time left. */
  private void sweep() {
    long now = System.nanoTime();
    while (!guests.isEmpty() && now - guests.peek().untilNanos() > 0) {
      refuse(
          guests.peek(),
          "it took longer than %d s".formatted(TimeUnit.NANOSECONDS.toSeconds(limitNanos)));
    }
  }

  private void refuse(Guest guest, String why) {
    guests.remove(guest);
    close(guest.channel());
    refused++;
    if (refused <= LOGGED) {
      LOG.warn("rank {} refused a connection from {}: {}", self, guest.address(), why);
    }
  }

  private void end() {
    guests.forEach(guest -> close(guest.channel()));
    close(listener);
    close(selector);
    if (refused > LOGGED) {
      LOG.warn("rank {} refused {} connections in all", self, refused);
    }
  }

  private static void close(AutoCloseable channel) {
    try {
      channel.close();
    } catch (Exception e) { // Of whatever there is to close, no more than this can be done.
      LOG.debug("closing failed", e);
    }
  }

  /** Takes nobody in any more. */
  @Override
  public void close() {
    closing = true;
    selector.wakeup();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
