"""Files as news databases export them, in several variants, with text of our own."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

OLD_NEXIS = """


                               1 of 2 DOCUMENTS


                       Copyright 2001 The Easton Times Company
                               The Easton Times

                           September 12, 2001 Wednesday
                              Late Edition - Final

PORT IS CLOSED;
Mayor Vows to Reopen It

BYLINE:  By SAM REED

SECTION: Section A; Column 6; Metro Desk; Pg. 1

LENGTH: 1,200 words

DATELINE: EASTON, Sept. 11

   The mayor of Easton, Ada Brandt, said on Tuesday that the port would be
reopened.

   ''We will do it,'' she said.

   Subject: nobody knew of the letter with this line.

   She left at noon.

URL: http://www.example.com

SUBJECT: PORTS (90%); CITIES (78%)

GRAPHIC: Photos: The port. (Photo by Kim Lowe)
Map of Easton.

Photo essay, Page A2.

LOAD-DATE: September 12, 2001

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper


                 Copyright 2001 The Easton Times Company


                               2 of 2 DOCUMENTS

                            Weston Press Online

                 March 3, 2002 Sunday 9:41 PM Eastern Time

HEADLINE: Farmers block road

BYLINE: KIM LOWE, Weston Press Writer

LENGTH: 66 words

BODY:
“The fees will ruin small farms,” he said.

LOAD-DATE: March 4, 2002
"""

NEW_NEXIS = """User Name: Ada
Date and Time: Monday, March 2, 2026 9:00:00 AM EST
Job Number: 1234567
Documents (2)
1. Council approves port expansion
Client/Matter: -None-
Search Terms: port
Search Type: NAND
Narrowed by:
  Content Type            Narrowed by
  News                    Sources: Easton Echo
2. Farmers block road
Client/Matter: -None-


Council approves port expansion

The Easton Echo
March 2, 2026 Monday
Late Edition - Final

Copyright 2026 The Easton Echo Company All Rights Reserved

Section: Section A; Column 0; Metro Desk; Pg. 1
Length: 812 words
Byline: By SAM REED
Highlight: A short line.

Body


The mayor said yes on Monday.

“We will build it,” she said.

Page 2 of 3

Council approves port expansion

Note: this is prose.

Graphic


PHOTO: the port


Classification


Language: ENGLISH

Publication-Type: Newspaper

Subject: PORTS (90%)

Load-Date: March 3, 2026


End of Document


Farmers block road
Weston Mail (UK)
3 March 2026
Copyright 2026 Weston Media
All Rights Reserved
Length: 60 words
Body
“The fees will ruin us,” he said.
Load-Date: March 4, 2026
End of Document
"""

FACTIVA_CODES = """HD     Council approves port expansion
BY     By Sam Reed
WC     812 words
PD     2 March 2026
ET     09:00
SN     Easton Echo
SC     EAECHO
PG     A1
LA     English
CY     Copyright 2026, Easton Media.
LP     The mayor said yes on Monday.
TD     IN a statement, she said no.

“We will build it,” she said.

CO     port : Port of Easton
IN     iport : Ports | i7 : Transport
NS     gcat : Political/General News
RE     uk : United Kingdom
PUB    Easton Media
AN     Document EAECHO0020260302em3200001

SE  News
HD
Farmers block
road
WC
60 words
PD
3 March 2026
SN
Weston Mail
LA
English
LP
“The fees will ruin us,” he said.

TD
He left.

RE
uk : United Kingdom
AN
Document WESMAI0020260303em3300002


Search Summary
Text  port
"""

FACTIVA_PLAIN = """News
Council approves port expansion
By Sam Reed
812 words
2 March 2026
09:00
Easton Echo
EAECHO
A1
English
Copyright 2026. Easton Media. All Rights Reserved.

The mayor said yes on Monday.

“We will build it,” she said.

Document EAECHO0020260302em3200001

Farmers block road over fees
60 words
3 March 2026
Weston Mail
WESMAI
English
(c) 2026 Weston Media

“The fees will ruin us,” he said.

Document WESMAI0020260303em3300002

Search Summary
Text port
© 2026 Factiva, Inc. All rights reserved.
"""

PROQUEST = """Report Information from ProQuest
March 02 2026 10:00
____________________________________________________________
Table of contents

1. Council approves port expansion
____________________________________________________________

Document 1 of 2

Council approves port expansion

Author: Reed, Sam

Publication info: Easton Echo ; Easton [Easton]. 02 Mar 2026: A.1.

Abstract: Short.

Full text: The mayor said yes on Monday.

“We will build it,” she said.

Credit: By SAM REED

Subject: Ports; Cities;

Location: Easton

Title: Council approves port expansion

Publication title: Easton Echo

Publication date: Mar 2, 2026

Publisher: Easton Media

ProQuest document ID: 12345

Document URL: https://www.example.com/docview/12345

Copyright: Copyright Easton Mar 2, 2026

Last updated: 2026-03-03

____________________________________________________________

Document 2 of 2

Farmers block road

Publication info: Weston Mail ; Weston [Weston]. 03 Mar 2026: 2.

Full text:

“The fees will ruin us,” he said.

Publication title: Weston Mail

____________________________________________________________

Contact ProQuest

Copyright © 2026 ProQuest LLC. All rights reserved. - Terms and Conditions: https://www.example.com
"""


def as_docx(text: str) -> bytes:
    """The text as a Word document, a paragraph for each line."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.splitlines())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
            'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        packed.writestr(
            "word/document.xml",
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
            f"{paragraphs}</w:body></w:document>",
        )
    return buffer.getvalue()


def as_rtf(text: str) -> bytes:
    """The text in RTF, a paragraph for each line."""
    lines = ("".join(c if c < "\x80" else f"\\u{ord(c)}?" for c in line) for line in text.splitlines())
    return ("{\\rtf1\\ansi\\ansicpg1252\n" + "\\par\n".join(lines) + "}").encode()
