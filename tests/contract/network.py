"""A network of this process's own, with nothing in it but 127.0.0.1 and ::1."""
import ctypes
import fcntl
import socket
import struct

CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 1


def enter_private():
    """Moves this process and those it starts from now on there. Whether it could."""
    libc = ctypes.CDLL(None)
    # Who is not root may be root of a user namespace, and as such have a network.
    if libc.unshare(CLONE_NEWNET) != 0 and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        name = b"lo".ljust(16, b"\0")
        answer = fcntl.ioctl(any_socket, SIOCGIFFLAGS, name + bytes(24))
        flags = struct.unpack_from("H", answer, 16)[0] | IFF_UP
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, name + struct.pack("H", flags) + bytes(22))
    return True
