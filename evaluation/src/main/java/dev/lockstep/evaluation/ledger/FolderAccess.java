package dev.lockstep.evaluation.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files of a folder that several users share: who may write into the folder may write them. The
 * umask of the user who made them says otherwise, mostly.
 */
final class FolderAccess {
  private FolderAccess() {}

  /** Gives a file or folder the group and the permissions of the folder that it is in. */
  static void open(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    PosixFileAttributeView view = view(file);
    PosixFileAttributeView around = view(folder);
    if (view == null || around == null) {
      return; // No POSIX file system.
    }
    try {
      PosixFileAttributes own = view.readAttributes();
      PosixFileAttributes wanted = around.readAttributes();
      if (!own.group().equals(wanted.group())) {
        view.setGroup(wanted.group());
      }
      Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
      permissions.addAll(own.permissions());
      if (permissions.addAll(granted(wanted.permissions(), own.isDirectory()))) {
        view.setPermissions(permissions);
      }
    } catch (IOException e) {
      // It is another user's, who has opened it already, or not: writing to it tells.
    }
  }

  private static PosixFileAttributeView view(Path file) {
    return Files.getFileAttributeView(file, PosixFileAttributeView.class);
  }

  /** What those get who may write into a folder; others keep what they have. */
  private static Set<PosixFilePermission> granted(
      Set<PosixFilePermission> around, boolean directory) {
    Set<PosixFilePermission> granted = EnumSet.noneOf(PosixFilePermission.class);
    if (around.contains(PosixFilePermission.GROUP_WRITE)) {
      granted.add(PosixFilePermission.GROUP_READ);
      granted.add(PosixFilePermission.GROUP_WRITE);
      if (directory) {
        granted.add(PosixFilePermission.GROUP_EXECUTE);
      }
    }
    if (around.contains(PosixFilePermission.OTHERS_WRITE)) {
      granted.add(PosixFilePermission.OTHERS_READ);
      granted.add(PosixFilePermission.OTHERS_WRITE);
      if (directory) {
        granted.add(PosixFilePermission.OTHERS_EXECUTE);
      }
    }
    return granted;
  }

  /** Why this user may not write a file: whose it is, and what its owner grants. */
  static String refusal(Path file) {
    String user = System.getProperty("user.name");
    Path there = Files.exists(file) ? file : file.toAbsolutePath().getParent();
    try {
      PosixFileAttributes found = Files.readAttributes(there, PosixFileAttributes.class);
      return "user %s may not write %s, which is %s's (group %s, %s)"
          .formatted(
              user,
              there.equals(file) ? "it" : there,
              found.owner().getName(),
              found.group().getName(),
              PosixFilePermissions.toString(found.permissions()));
    } catch (IOException | UnsupportedOperationException e) {
      return "user %s may not write it".formatted(user);
    }
  }
}
