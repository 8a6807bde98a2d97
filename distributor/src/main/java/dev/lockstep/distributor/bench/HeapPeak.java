package dev.lockstep.distributor.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * The most of the heap that was in use when the garbage collector had run. What it has not
 * collected yet depends on how large the heap may become, not on what is needed.
 */
final class HeapPeak implements AutoCloseable {
  private final Set<String> pools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toUnmodifiableSet());
  private final AtomicLong most = new AtomicLong();
  private final NotificationListener listener =
      (notification, handback) -> note(notification.getUserData());

  HeapPeak() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector).addNotificationListener(listener, null, null);
    }
  }

  private void note(Object data) {
    if (data instanceof CompositeData composite) {
      Map<String, java.lang.management.MemoryUsage> after =
          GarbageCollectionNotificationInfo.from(composite).getGcInfo().getMemoryUsageAfterGc();
      long used = pools.stream().mapToLong(pool -> after.get(pool).getUsed()).sum();
      most.accumulateAndGet(used, Math::max);
    }
  }

  /** Bytes; what is in use now if the collector has not run. */
  long bytes() {
    return most.get() > 0
        ? most.get()
        : ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Override
  public void close() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      try {
        ((NotificationEmitter) collector).removeNotificationListener(listener);
      } catch (ListenerNotFoundException e) {
        throw new IllegalStateException("expected the listener that was added", e);
      }
    }
  }
}
