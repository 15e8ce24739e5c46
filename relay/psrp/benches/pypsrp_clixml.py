"""The same as clixml.rs, by pypsrp: `pypsrp_clixml.py [decode] [encode]`, with figures in the same form."""

import pathlib
import statistics
import sys
import time
import xml.etree.ElementTree as ET

from pypsrp.serializer import Serializer

MAILBOX = (pathlib.Path(__file__).parent / "mailbox.xml").read_text()
INPUTS = 10_000


def median(runs, run):
    times = []
    for _ in range(runs):
        start = time.perf_counter_ns()
        run()
        times.append(time.perf_counter_ns() - start)
    return int(statistics.median(times))


def figure(title, nanoseconds):
    print(f"figure\t{title}\tpypsrp\t{nanoseconds}\tns", flush=True)


def inputs(what, values):
    def run():
        serializer = Serializer()
        for value in values:
            ET.tostring(serializer.serialize(value), encoding="utf-8", method="xml")

    figure(f"encode a pipeline's input of {INPUTS} {what}", median(3, run))


wanted = sys.argv[1:] or ["decode", "encode"]
serializer = Serializer()
mailbox = serializer.deserialize(MAILBOX)
properties = len(mailbox.adapted_properties)
if "decode" in wanted:
    title = f"decode a mailbox of {len(MAILBOX.encode())} bytes, {properties} properties"
    figure(title, median(300, lambda: Serializer().deserialize(MAILBOX)))
if "encode" in wanted:
    inputs("strings", [f"user{number:05}@klinik-auer.example" for number in range(INPUTS)])
