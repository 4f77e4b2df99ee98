"""Pieces that give every preference something to do."""

from __future__ import annotations

LETTER = """\
Dear [Client's Name],

I hope this message finds you well. I am writing to inform you that the chairs, tables, and lamps \
will be late; the \
wood did not arrive and it is not our fault, but we will provide you with every detail regarding the \
3 new dates in \
the coming days so that you can plan your week in peace.

So we are very sorry! It is a wonderful order — people love it, and we always thank you (truly) for \
it. You're also \
one of our favorite customers in the world. We just wanted to say so. They're here to help. Thank you."""
STORY = """\
This is a story of an amazing night train. The mountains were quiet. The train was slow. But people \
on the train \
said "hello" to each other, and every one of them had a wonderful night because nobody wanted to \
sleep. It's a long \
way through the mountains, but the color of the morning is worth it!

It has 5 wagons. The train was slow and the mountains were really quiet when everybody woke up in \
the morning \
light. When everybody woke up in the morning light the train was really slow and the mountains were \
quiet."""
AGAIN = """\
The old baker opens at six in the morning. Bread is sold until noon.

The old baker opens at six in the morning."""
PIECES = (LETTER, STORY, AGAIN)
